#!/bin/bash
# What the official image's docker-entrypoint.sh does, as far as examples need it: an empty $PGDATA becomes a cluster made
# of POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_HOST_AUTH_METHOD, POSTGRES_INITDB_ARGS and the *.sql and *.sh
# files of /docker-entrypoint-initdb.d; then PostgreSQL takes the place of this script, and with it its signals.
set -Eeo pipefail

if [ "${1:0:1}" = '-' ]; then
  set -- postgres "$@"
fi
if [ "$1" != postgres ]; then
  exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
  # Pods may ask for root; PostgreSQL refuses to be run by it.
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA" /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups --inh-caps=-all "$0" "$@"
fi

mkdir -p "$PGDATA"
if [ ! -O "$PGDATA" ]; then
  # A volume belongs to root, and initdb wants a folder it can close to everybody else.
  export PGDATA="$PGDATA/pgdata"
  mkdir -p "$PGDATA"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user="${POSTGRES_USER:-postgres}"
  database="${POSTGRES_DB:-$user}"
  method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    echo 'Error: the database is empty and the superuser has no password.' >&2
    echo 'Set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust to let everybody in.' >&2
    exit 1
  fi

  # shellcheck disable=SC2086 # several arguments, as in the official image
  initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
    --auth=trust $POSTGRES_INITDB_ARGS
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

  # Nobody from outside sees the database before it is complete.
  pg_ctl --wait --silent -o "-c listen_addresses=''" start
  if [ "$database" != postgres ]; then
    createdb --username="$user" --maintenance-db=postgres "$database"
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) . "$file" ;;
      *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc --username="$user" --dbname="$database" --file="$file" ;;
    esac
  done
  pg_ctl --wait --silent --mode=fast stop
fi

exec "$@"
