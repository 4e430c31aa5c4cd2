#!/bin/sh
# mtas.sh FOLDER: unpacks mail servers that cannot be installed beside each other, for
# tests/system/test_daemons.py. Nothing is installed; what cannot be fetched is left out.
set -u
mkdir -p "$1" && cd "$1" || exit 1

# What a package links to and this machine lacks.
libraries_of() {
	for library in $(apt-cache depends -i "$1" | sed -n 's/^ *Depends: \(lib[^ ]*\)$/\1/p'); do
		dpkg -s "$library" >/dev/null 2>&1 || echo "$library"
	done
}

# unpack PACKAGE: it and its libraries, into this folder.
unpack() {
	# shellcheck disable=SC2046 # a list of words
	apt-get download -q "$1" $(libraries_of "$1") || return 1
	for package in *.deb; do
		dpkg -x "$package" . || return 1
		rm "$package"
	done
}

# fetch NAME PACKAGE
fetch() {
	[ ! -d "$1" ] || return 0
	rm -rf "$1.new"
	mkdir "$1.new"
	if (cd "$1.new" && unpack "$2") >fetch.log 2>&1; then
		mv "$1.new" "$1"
	else
		rm -rf "$1.new"
		echo "mtas.sh: $2 could not be fetched: $(tail -n 1 fetch.log)" >&2
	fi
}

fetch postfix postfix
fetch exim exim4-daemon-light
fetch opensmtpd opensmtpd
