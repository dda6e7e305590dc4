#!/bin/sh
# Checks the corpus of this folder; with "publish" it builds a release too, verifies it, and packs its files into published.tar.gz.
# It is what people run and what the workflow runs. It refuses while git keeps anything that is not for everybody.
set -eu
cd "$(dirname "$0")"
allegata validate --root . --tracked
[ "${1:-check}" = publish ] || exit 0
allegata build --root . --site build
allegata verify build
rm -rf published published.tar.gz
allegata export files --release build --out published
tar -czf published.tar.gz published
