#!/usr/bin/env bash
# Installs Tryton 8.0 into a virtual environment and makes a database with its modules.
# Usage: install.sh DIR. Does nothing where DIR is complete already; a broken attempt is thrown away.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${1:?usage: install.sh DIR}
mark="$dir/complete-8.0-1"
[ -e "$mark" ] && exit 0
rm -rf "$dir"
mkdir -p "$dir/db"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check \
  'trytond==8.0.*' 'trytond_party==8.0.*' 'trytond_sale_opportunity==8.0.*' \
  'trytond_bank==8.0.*' 'trytond_party_relationship==8.0.*' gunicorn
cat > "$dir/trytond.conf" <<CONF
[database]
uri = sqlite://
path = $dir/db
[session]
authentications = password
timeout = 86400
[web]
listen = 127.0.0.1:0
CONF
: > "$dir/db/demo.sqlite"
printf 'overcoat-tryton\n' > "$dir/password"
TRYTONPASSFILE="$dir/password" "$dir/venv/bin/trytond-admin" -c "$dir/trytond.conf" -d demo --email admin@example.com \
  -l en zh_CN -u ir res party sale_opportunity bank party_relationship --activate-dependencies
"$dir/venv/bin/python" "$here/fill.py" "$dir/trytond.conf"
: > "$mark"
