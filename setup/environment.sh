#!/usr/bin/env bash
# Makes .venv with the newest Python from 3.11 on that this machine has.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "$name"
      return
    fi
  done
}

python=$(find_python)
if [ -z "$python" ]; then
  echo "Lantu needs Python 3.11 or newer, and none is on the PATH. Install it, for example: apt-get install python3 python3-venv" >&2
  echo "蓝图需要Python 3.11及以上版本，请先安装，例如：apt-get install python3 python3-venv" >&2
  exit 2
fi
if ! "$python" -m venv .venv; then
  rm -rf .venv
  # Debian and Ubuntu split ensurepip off into a package of its own.
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    apt-get update -qq && { apt-get install -y -qq "$version" || apt-get install -y -qq python3-venv; }
    "$python" -m venv .venv
  else
    echo "Python's venv module is not complete. Ask an administrator for: apt-get install python3-venv" >&2
    echo "Python的venv模块不完整，请管理员执行：apt-get install python3-venv" >&2
    exit 2
  fi
fi
