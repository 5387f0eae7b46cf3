#!/bin/sh
# Draws the secrets of compose.yaml that nobody gives you, as files in secrets/ beside it (or in FOLDER); the passwords of the database's
# users go into secrets-database/ (FOLDER-database), which no process of the service sees. A file that is there is left as it is. From
# WeChat's console you add WECHAT_SECRET, WECHAT_TOKEN and WECHAT_AES_KEY, of each insurer the secret under its own name.
#   sh deploy/make-secrets.sh && sudo chown -R 1000 secrets secrets-database    # the user of the image
set -eu
folder=${1:-$(dirname "$0")/../secrets}
database=$folder-database
umask 077
mkdir -p "$folder" "$database"

random() { head -c "$1" /dev/urandom; }
keep() {
  if [ ! -e "$1" ]; then cat >"$1"; else cat >/dev/null; fi
}

# they used to stand beside the others
for name in MONGO_ROOT_PASSWORD MONGO_PASSWORD; do
  if [ -e "$folder/$name" ]; then mv "$folder/$name" "$database/$name"; fi
done
random 32 | base64 | keep "$folder/DATA_KEY"
random 32 | base64 | keep "$folder/SESSION_KEY"
random 24 | od -An -v -tx1 | tr -d ' \n' | keep "$database/MONGO_ROOT_PASSWORD"
random 24 | od -An -v -tx1 | tr -d ' \n' | keep "$database/MONGO_PASSWORD"
printf 'mongodb://kuaichu:%s@db:27017/kuaichu?replicaSet=rs0\n' "$(cat "$database/MONGO_PASSWORD")" | keep "$folder/MONGODB_URI"
