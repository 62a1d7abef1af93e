#!/bin/sh
# Get what `make mcp-other` needs: the protocol's TypeScript SDK from npm into var/ (never shipped), beside the lines that drive it.
set -eu
SDK=@modelcontextprotocol/sdk@1.32.2
for need in node npm; do
  command -v "$need" >/dev/null 2>&1 || { echo "$need is missing, which $SDK needs (Node 18 or newer): apt-get install nodejs npm" >&2; exit 1; }
done
mkdir -p var/other-client
cp tests/other_client/client.mjs var/other-client/
cd var/other-client
if [ "$(cat installed 2>/dev/null)" != "$SDK" ]; then
  npm install --silent --no-audit --no-fund --ignore-scripts --no-save "$SDK"
  echo "$SDK" > installed
fi
