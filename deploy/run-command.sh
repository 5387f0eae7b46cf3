#!/bin/sh
# Runs a command of Kuaichu without Docker, with the settings and secrets of the service, by root:
#   sh deploy/run-command.sh node dist/src/chat/menu-command.js
# ETC is the folder of both (/etc/kuaichu).
set -eu
cd "$(dirname "$0")/.."
etc=${ETC:-/etc/kuaichu}
export NODE_ENV=production CONFIG_FILE="$etc/production.yaml"
for file in "$etc"/secrets/*; do
  export "${file##*/}_FILE=$file"
done
exec "$@"
