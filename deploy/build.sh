#!/bin/sh
# Writes a folder for each image into the folder that is named: its program, and what that program needs. With
# `--clean` nothing is left of what was installed for it.
set -eu
out=$1
export pnpm_config_verify_deps_before_run=false
# The pnpm that package.json names.
pnpm() { npx --yes "$(node -p 'require("./package.json").packageManager')" "$@"; }

pnpm install --frozen-lockfile --ignore-scripts --reporter=append-only \
  --filter './services/*...' --filter '@natster/page...' --filter '@natster/deploy...' --filter '@natster/scripts...'

bundle() {
  node scripts/bundle.ts "$2" "$out/$1"
  node scripts/bundle.ts packages/micro/src/service/probe-main.ts "$out/$1/health" && mv "$out/$1/health/main.js" "$out/$1/health.js"
  rmdir "$out/$1/health"
  mkdir -p "$out/volumes/$1"
  pnpm --filter "$3" sbom --lockfile-only --prod --sbom-format cyclonedx --sbom-type application --out "$out/$1/sbom.json"
}

for service in accounts catalog codes file-server projector web; do
  bundle "$service" "services/$service/src/main.ts" "@natster/$service"
done
bundle operator deploy/src/operator.ts @natster/deploy
for folder in keys nats data/nats data/nats-1 data/nats-2 data/nats-3 \
  services/accounts services/catalog services/codes services/projector services/web services/provision; do
  mkdir -p "$out/volumes/operator/state/$folder"
done

pnpm --filter @natster/page run build
cp -R packages/page/dist "$out/web/page"

if [ "${2:-}" = --clean ]; then
  rm -rf "$(pnpm store path)" ~/.cache ~/.npm node_modules ./*/node_modules ./*/*/node_modules
fi
