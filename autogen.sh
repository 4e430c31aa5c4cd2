#!/bin/sh
# Bootstraps a checkout; with an option goes on to test or to show it.
set -eu
cd "$(dirname "$0")"

# Debian's names, here and nowhere else.
build_packages="autoconf automake make gcc libc6-dev pkg-config libarchive-dev libc-ares-dev
	libcurl4-openssl-dev libconfig-dev librrd-dev libpango1.0-dev libxml2-dev libsqlite3-dev
	libjansson-dev libgmime-3.0-dev libpcre2-dev libpsl-dev libidn2-dev nettle-dev
	libcmocka-dev libsystemd-dev"
test_packages="nginx-light openssl postfix rbldnsd unbound dnsdist nsd bind9-dnsutils dnsperf strace
	rrdcached rrdtool libfaketime iproute2 pflogsumm python3-pytest python3-jsonschema
	python3-yaml gettext mandoc tzdata zstd systemd-journal-remote prometheus
	prometheus-node-exporter nagios4-core nagios-nrpe-server nagios-nrpe-plugin
	icinga2-bin zsh munin-node systemd"
demo_packages="rbldnsd unbound bind9-dnsutils rrdtool libfaketime python3 tzdata"

usage() {
	cat <<'END'
usage: ./autogen.sh [--check|--demo|--help]

  (nothing)  make configure and Makefile.in, then: mkdir build && cd build && ../configure && make
  --check    install what is missing (as root on Debian or Ubuntu; otherwise say what),
             build in ./build with warnings as errors, run all tests
  --demo     the same without the tests, then show the program at work on this machine
  --help     this text
END
}

is_installed() {
	dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# need PACKAGES: installs what is missing, or says how and ends.
need() {
	missing=
	if ! command -v dpkg-query >/dev/null; then
		# shellcheck disable=SC2086 # a list of words
		echo "autogen.sh: this is neither Debian nor Ubuntu; needed are, by Debian's names:" $1 >&2
		return
	fi
	for package in $1; do
		is_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "autogen.sh: these packages are missing:$missing" >&2
		echo "install them with: sudo apt-get install --no-install-recommends$missing" >&2
		exit 1
	fi
	echo "autogen.sh: installing$missing"
	export DEBIAN_FRONTEND=noninteractive
	# Without a network an older index may still do.
	apt-get update -q || echo "autogen.sh: the package index could not be renewed" >&2
	# shellcheck disable=SC2086 # a list of words
	apt-get install -q -y --no-install-recommends $missing
}

bootstrap() {
	autoreconf -fi
}

# build CONFIGURE-OPTION...: out of tree, in ./build.
build() {
	mkdir -p build
	cd build
	../configure "$@"
	make -j"$(nproc)"
}

case ${1-} in
"")
	bootstrap
	;;
--check)
	need "$build_packages $test_packages"
	bootstrap
	build --enable-werror
	# Only root has the namespaces they run in.
	[ "$(id -u)" -ne 0 ] || ../tests/mtas.sh mtas
	make -j"$(nproc)" check
	;;
--demo)
	need "$build_packages $demo_packages"
	bootstrap
	build
	cd ..
	exec tests/demo.sh "$PWD/build"
	;;
--help | -h)
	usage
	;;
*)
	usage >&2
	exit 2
	;;
esac
