#!/usr/bin/env bash
# Stops the PostgreSQL that up.sh started in the same folder, and no other.
#
#   network/postgres/down.sh [folder]            stops it, keeps the data
#   network/postgres/down.sh --remove [folder]   removes the folder as well
set -euo pipefail

remove=
if [ "${1:-}" = --remove ]; then
	remove=yes
	shift
fi
dir=${1:-/tmp/fanwei-postgres}
if [ ! -e "$dir/password" ] || [ ! -d "$dir/data" ]; then
	echo "down.sh: $dir is not up.sh's" >&2
	exit 1
fi
dir=$(cd -- "$dir" && pwd)
cd /

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
as=()
if [ "$(id -u)" = 0 ]; then
	as=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/tmp)
fi
if "${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" status >/dev/null; then
	"${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" --mode=fast --wait stop >/dev/null
fi
[ -z "$remove" ] || rm -rf -- "$dir"
