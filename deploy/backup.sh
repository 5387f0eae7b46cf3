#!/bin/sh
# Makes one backup in FOLDER, writes there anew what was erased so far (erased.txt, for restore-command), and removes all but the newest
# BACKUP_KEEP (14) backups: sh deploy/backup.sh FOLDER. BACKUP_KEY encrypts it to that public key (age1…). A backup that fails leaves no
# file, so the others stay; the script then ends with its code.
set -eu
folder=$1
keep=${BACKUP_KEEP:-14}
cd "$(dirname "$0")/.."
status=0
node --enable-source-maps dist/src/jobs/backup-command.js "$folder/" ${BACKUP_KEY:+--to-key "$BACKUP_KEY"} || status=$?
if node --enable-source-maps dist/src/jobs/erase-command.js list >"$folder/erased.txt.new"; then
  mv "$folder/erased.txt.new" "$folder/erased.txt"
else
  status=$?
  rm -f "$folder/erased.txt.new"
fi
find "$folder" -mindepth 1 -maxdepth 1 \( -name 'kuaichu-*Z.backup' -o -name 'kuaichu-*Z.backup.age' \) | sort -r | tail -n "+$((keep + 1))" |
  while IFS= read -r old; do rm -f "$old"; done
exit "$status"
