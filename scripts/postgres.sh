#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own, which lies in a temporary folder and goes with it: `postgres.sh COMMAND …`.
# The command finds it in PARLOR_TEST_POSTGRES, a URL without a database, and its tools on the PATH. SYNC=on makes it as safe, and as slow, as a real one.
# Who wants to kill it finds its data in PARLOR_TEST_POSTGRES_DATA, and starts it again by what PARLOR_TEST_POSTGRES_START says.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
bin=${bin:-$(dirname "$(command -v initdb || command -v pg_ctl || echo /nowhere/initdb)")}
[[ -x $bin/initdb ]] || { echo "there is no PostgreSQL here: scripts/setup.sh test installs it" >&2; exit 1; }

folder=$(mktemp -d)
# PostgreSQL refuses to run as root.
as_owner=()
if [[ $(id -u) == 0 ]]; then
    chown postgres "$folder"
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$folder")
fi
stop() {
    "${as_owner[@]}" "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$folder"
"${as_owner[@]}" "$bin/initdb" --pgdata=data --username=parlor --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
cat >>data/postgresql.conf <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
fsync = ${SYNC:-off}
synchronous_commit = on
full_page_writes = ${SYNC:-off}
max_wal_size = 2GB
CONF
start=("${as_owner[@]}" "$bin/pg_ctl" start --pgdata="$folder/data" --log="$folder/log" --silent --wait)
"${start[@]}" >/dev/null

cd "$OLDPWD"
PATH=$PATH:$bin PARLOR_TEST_POSTGRES="postgres://parlor@127.0.0.1:$port" PARLOR_TEST_POSTGRES_DATA=$folder/data \
    PARLOR_TEST_POSTGRES_START="${start[*]@Q} >/dev/null 2>&1" "$@"
