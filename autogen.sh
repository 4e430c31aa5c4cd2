#!/bin/sh
# Makes configure and Makefile.in. Needs autoconf, automake and pkg-config.
set -eu
cd "$(dirname "$0")"
exec autoreconf -fi
