#!/bin/sh
# Makes one backup in FOLDER, unless the newest there was begun less than 20 hours ago, and adds what was erased so far to erased.txt, for
# restore-command: sh deploy/backup.sh FOLDER [LISTS]. That list belongs in a folder of its own (LISTS), apart from the backups. BACKUP_KEY
# encrypts the backup to that public key (age1…). After a good backup those older than BACKUP_KEEP (14) days are removed, and never one of
# the newest BACKUP_KEEP; after one with damaged files, or one that failed, nothing is. It ends with the code of what failed.
set -eu
umask 077
export LC_ALL=C
folder=$1
lists=${2:-$folder}
keep=${BACKUP_KEEP:-14}
cd "$(dirname "$0")/.."

# The name of a backup has its beginning, in UTC.
begun() { node -p "new Date(Date.now() - $1 * 3600e3).toISOString().slice(0, 19).replaceAll(':', '-') + 'Z'"; }
newest_first() {
  find "$folder" -mindepth 1 -maxdepth 1 \( -name 'kuaichu-*Z.backup' -o -name 'kuaichu-*Z.backup.age' \) | sort -r
}
is_before() { expr "${1##*/kuaichu-}" '<' "$2" >/dev/null; }

status=0
newest=$(newest_first | head -n 1)
if [ -n "$newest" ] && ! is_before "$newest" "$(begun 20)"; then
  echo "$newest is of today: none is made"
else
  # what a process that was killed has left
  find "$folder" -mindepth 1 -maxdepth 1 -name 'kuaichu-*.partial' -mtime +0 -exec rm -f {} +
  node --enable-source-maps dist/src/jobs/backup-command.js "$folder/" ${BACKUP_KEY:+--to-key "$BACKUP_KEY"} || status=$?
  if [ "$status" -eq 0 ]; then
    limit=$(begun "$(((keep - 1) * 24))")
    newest_first | tail -n "+$((keep + 1))" | while IFS= read -r old; do
      if is_before "$old" "$limit"; then rm -f "$old"; fi
    done
  fi
fi

# The list never gets shorter but by its people of more than thirteen months ago: a database that was restored may have forgotten some.
new=$lists/erased.txt.new
if node --enable-source-maps dist/src/jobs/erase-command.js list >"$new"; then
  if [ -e "$lists/erased.txt" ]; then cat "$lists/erased.txt" >>"$new"; fi
  sort -u "$new" | awk -F '\t' -v limit="$(begun 9504)" '$1 == "case" || $3 >= limit' >"$new.sorted"
  mv "$new.sorted" "$lists/erased.txt"
else
  status=$?
fi
rm -f "$new"
exit "$status"
