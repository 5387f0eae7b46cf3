#!/bin/sh
# Updates the service of compose.yaml so that no push and no page is refused: one process after the other, the next when the one before is
# ready. The other one serves meanwhile. Not run here: it needs Docker.
#   git pull && sh deploy/update.sh
# It ends before anything is replaced when the new version cannot work beside the old one: then, after a backup,
#   docker compose stop app-1 app-2 backup && docker compose run --rm --no-deps migrate node dist/src/jobs/migrate-command.js --all-stopped
# and again this script.
set -eu
cd "$(dirname "$0")/.."
docker compose build app-1
docker compose run --rm --no-deps migrate
for app in app-1 app-2; do
  docker compose up --detach --no-deps --wait --wait-timeout 180 "$app"
done
# the rest: proxy, backup, what the new file adds
docker compose up --detach --remove-orphans
docker compose exec -T proxy caddy reload --config /etc/caddy/Caddyfile
