#!/bin/sh
# Installs what building needs, with the pnpm that package.json names: `install.sh fetch` needs the lock file alone,
# `install.sh install` the sources too and no network.
set -eu
pnpm() { npx --yes "$(node -p 'require("./package.json").packageManager')" "$@"; }
case $1 in
fetch) pnpm fetch ;;
install) pnpm install --offline --frozen-lockfile ;;
esac
