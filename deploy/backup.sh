#!/bin/sh
# Makes one backup in FOLDER, and then removes all but the newest BACKUP_KEEP (14) of them: sh deploy/backup.sh FOLDER.
# BACKUP_KEY encrypts it to that public key (age1…). One that fails leaves no file, so the others stay; the script ends with its code.
set -eu
folder=$1
keep=${BACKUP_KEEP:-14}
cd "$(dirname "$0")/.."
status=0
node --enable-source-maps dist/src/jobs/backup-command.js "$folder/" ${BACKUP_KEY:+--to-key "$BACKUP_KEY"} || status=$?
find "$folder" -mindepth 1 -maxdepth 1 \( -name 'kuaichu-*Z.backup' -o -name 'kuaichu-*Z.backup.age' \) | sort -r | tail -n "+$((keep + 1))" |
  while IFS= read -r old; do rm -f "$old"; done
exit "$status"
