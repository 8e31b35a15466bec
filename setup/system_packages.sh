#!/usr/bin/env bash
# Installs what some tests need from the system, where it may; otherwise those tests are skipped and say so.
set -uo pipefail
wanted=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
fc-list 2>/dev/null | grep -qiE 'noto.*cjk|wqy|source han' || wanted+=(fonts-noto-cjk)
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
[ -n "$programs" ] && [ -x "$programs/initdb" ] && [ -f "$("$programs/pg_config" --sharedir 2>/dev/null)/extension/postgis.control" ] || wanted+=(postgresql postgresql-postgis)
# Clients of other makers, against which the OGC doors are tested: GDAL, and QGIS by its Python.
command -v ogrinfo >/dev/null || wanted+=(gdal-bin)
[ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || wanted+=(python3-qgis)
[ ${#wanted[@]} -eq 0 ] && exit 0
missing=("${wanted[@]}")
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >/dev/null 2>&1
  missing=()
  # One after the other: what cannot be had must not keep the others out.
  for package in "${wanted[@]}"; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || missing+=("$package")
  done
fi
[ ${#missing[@]} -eq 0 ] || echo "Not installed, so the tests that need them will be skipped: ${missing[*]}"
