#!/usr/bin/env bash
# Starts a PostgreSQL of your own on loopback, and prints its address.
#
#   network/postgres/up.sh [folder]     default: /tmp/fanwei-postgres
#
# The folder keeps the data: with one that up.sh made before, the same server
# starts again. PORT chooses a port; without it a free one is taken. Stop it
# with down.sh and the same folder. Use:
#
#   FANWEI_TEST_POSTGRES=$(network/postgres/up.sh) go test ./...
set -euo pipefail
umask 077

dir=${1:-/tmp/fanwei-postgres}
bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || { echo "up.sh: no PostgreSQL in /usr/lib/postgresql; apt-get install postgresql" >&2; exit 1; }

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
	as=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/tmp)
fi

if [ ! -e "$dir/data/PG_VERSION" ]; then
	mkdir -- "$dir" 2>/dev/null || { echo "up.sh: $dir exists and is not up.sh's" >&2; exit 1; }
	dir=$(cd -- "$dir" && pwd)
	[ ${#as[@]} = 0 ] || chown postgres:postgres "$dir"
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	printf '%s\n' "$password" >"$dir/password"
	[ ${#as[@]} = 0 ] || chown postgres:postgres "$dir/password"
	cd /
	"${as[@]}" "$bin/initdb" --pgdata="$dir/data" --username=fanwei --pwfile="$dir/password" \
		--auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >"$dir/initdb.log"
fi
dir=$(cd -- "$dir" && pwd)
cd /

if "${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" status >/dev/null; then
	cat "$dir/address"
	exit 0
fi

# The server itself finds out whether a port is free.
for try in 1 2 3 4 5 6 7 8 9 10; do
	port=${PORT:-$((20000 + RANDOM % 20000))}
	if "${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/data/server.log" --wait --timeout=60 \
		--options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c max_connections=200" \
		start >/dev/null 2>&1; then
		printf 'postgres://fanwei:%s@127.0.0.1:%s/postgres?sslmode=disable\n' "$(cat "$dir/password")" "$port" >"$dir/address"
		cat "$dir/address"
		exit 0
	fi
	[ -z "${PORT:-}" ] || break
	echo "up.sh: try $try: no start on port $port" >&2
done
echo "up.sh: the server did not start; its last words:" >&2
tail -n 5 "$dir/data/server.log" >&2
exit 1
