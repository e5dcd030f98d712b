#!/bin/sh
# What the tests need beside Python: a browser, PostgreSQL, gmsh for the mesher example, bubblewrap, nginx, SOAP
# tools of other languages (Java: wsimport and a compiler; C++: gSOAP and a compiler; Node.js).
# As root on Debian they are installed; otherwise this says which, and the tests skip what they lack.
set -eu

missing=""
need() { # need PACKAGE TEST…
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has_postgresql() {
    command -v initdb || ls /usr/lib/postgresql/*/bin/initdb
}

need chromium command -v chromium
need fonts-dejavu-core ls /usr/share/fonts/truetype/dejavu
need postgresql has_postgresql
need gmsh command -v gmsh
need bubblewrap command -v bwrap
need jaxws command -v wsimport
need default-jdk-headless command -v javac
need gsoap command -v wsdl2h
need libgsoap-dev ls /usr/include/stdsoap2.h
need g++ command -v g++
need nodejs command -v node
need npm command -v npm
need nginx-light ls /usr/sbin/nginx
need openssl command -v openssl

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing …"
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "Some tests will be skipped. To run them all: sudo apt install$missing" >&2
fi
