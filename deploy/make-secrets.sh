#!/bin/sh
# Draws the secrets of compose.yaml that nobody gives you, as files in secrets/ beside it (or in FOLDER). A file that is there is left as it
# is. From WeChat's console you add WECHAT_SECRET, WECHAT_TOKEN and WECHAT_AES_KEY, of each insurer the secret under its own name.
#   sh deploy/make-secrets.sh && sudo chown -R 1000 secrets    # the user of the image
set -eu
folder=${1:-$(dirname "$0")/../secrets}
umask 077
mkdir -p "$folder"

random() { head -c "$1" /dev/urandom; }
keep() {
  if [ ! -e "$folder/$1" ]; then cat >"$folder/$1"; else cat >/dev/null; fi
}

random 32 | base64 | keep DATA_KEY
random 32 | base64 | keep SESSION_KEY
random 24 | od -An -v -tx1 | tr -d ' \n' | keep MONGO_ROOT_PASSWORD
random 24 | od -An -v -tx1 | tr -d ' \n' | keep MONGO_PASSWORD
printf 'mongodb://kuaichu:%s@db:27017/kuaichu?replicaSet=rs0\n' "$(cat "$folder/MONGO_PASSWORD")" | keep MONGODB_URI
