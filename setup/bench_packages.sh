#!/usr/bin/env bash
# Installs PostgreSQL with PostGIS as a peer for the benchmark, where it may; otherwise the table says "not installed".
set -uo pipefail
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 && ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql postgresql-15-postgis-3 >/dev/null 2>&1 \
    || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql postgis postgresql-postgis >/dev/null 2>&1 && exit 0
fi
echo "PostgreSQL with PostGIS is not installed; the table will say so."
