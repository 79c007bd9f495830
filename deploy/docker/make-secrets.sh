#!/bin/sh
# Makes what is missing of deploy/secrets/: one file a secret, drawn at random. What is there stays as it is.
#
#   deploy/docker/make-secrets.sh [FOLDER]
#
# The folder is for its owner alone. The files in it are readable by all, because a container's user must read the one that
# is mounted for it and has another number than you; without the folder nobody else gets at them.
set -eu
umask 077

folder=${1:-$(dirname "$0")/../secrets}
mkdir -p "$folder"
chmod 0700 "$folder"

make_secret() { # make_secret NAME COMMAND…: the command's output, unless the file is there
  file=$folder/$1
  shift
  [ -e "$file" ] && return
  "$@" >"$file.new"
  chmod 0444 "$file.new"
  mv "$file.new" "$file"
}

password() { openssl rand -hex 24; }
fernet_key() { openssl rand -base64 32 | tr '+/' '-_'; }
mongo_uri() { printf 'mongodb://zhitui:%s@mongo:27017/zhitui?replicaSet=rs0&authSource=zhitui\n' "$(password)"; }

make_secret mongo-keyfile openssl rand -base64 96
make_secret mongo-root-password password
make_secret mongo-uri mongo_uri
make_secret secret-key fernet_key
make_secret ingest-token password
make_secret grafana-password password
for optional in smtp-password dkim-key bounce-imap-password wecom-app-secret wechat-app-secret; do
  make_secret "$optional" true
done

echo "$folder："
ls -l "$folder"
echo "请把邮件服务器的密码或授权码写进 $folder/smtp-password；用 DKIM 签名、读退信、企业微信应用或微信服务号的，把密钥写进同名的文件；不用的留空。再把整个文件夹另存一份：丢了 secret-key，已保存的地址和密钥都打不开。"
