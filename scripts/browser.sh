#!/bin/sh
# Get what `make test-browser` needs: Chromium from Debian's packages, axe-core from npm into var/ (never shipped).
set -eu
AXE=axe-core@4.14.1
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Chromium is missing: apt-get install chromium" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi
if [ ! -f var/axe/package/axe.min.js ]; then
  command -v npm >/dev/null 2>&1 || { echo "npm is missing, which gets $AXE: apt-get install npm" >&2; exit 1; }
  mkdir -p var/axe
  (cd var/axe && npm pack --silent "$AXE" >/dev/null && tar xzf axe-core-*.tgz package/axe.min.js && rm axe-core-*.tgz)
fi
