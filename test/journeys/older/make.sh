#!/usr/bin/env bash
# Makes homes as an older commit leaves them, for older.test.ts: test/journeys/older/make.sh COMMIT writes COMMIT.tgz beside
# this file. Its keys open nothing but what is in it.
set -euo pipefail
commit=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q "$(git rev-parse --show-toplevel)" "$work/clone"
cd "$work/clone" && git checkout -q "$commit" && node scripts/run.mjs node --version >&2

as() {
  local home="$work/homes/$1"
  shift
  mkdir -p "$home"
  (cd "$home" && env -u XDG_CONFIG_HOME -u XDG_DATA_HOME HOME="$home" XDG_CACHE_HOME="$work/cache" \
    "$work/clone/node_modules/.bin/node" "$work/clone/packages/cli/bin/natster.mjs" "$@")
}
mkdir -p "$work/homes/alice/Notes"
echo 'the sea' >"$work/homes/alice/Notes/a.txt"
as alice up --background --registration open --handle alice
as bob init "$(as alice whoami --json | sed 's/.*"page":"\([^"]*\)".*/\1/')" --handle bob
as alice share Notes @bob
as bob accept @alice/notes
as bob get @alice/notes
as alice down
# Where a home is put is another place each time.
grep -rlI "$work/homes" "$work/homes" | xargs sed -i "s|$work/homes|@HOMES@|g"
tar -C "$work/homes" -czf "$here/$commit.tgz" alice bob
