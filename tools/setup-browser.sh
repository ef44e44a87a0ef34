#!/usr/bin/env bash
# The browser of tests/browser and `make screenshots`: Debian's chromium, installed where it is missing and we may.
set -euo pipefail

if command -v chromium >/dev/null || [ -n "${EMGRIG_CHROMIUM:-}" ]; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing the package chromium for tests/browser"
    # Without a network, or where it is called otherwise, the other tests must still run.
    if apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium; then
        exit 0
    fi
    echo "apt-get could not install chromium, see above" >&2
fi
echo "no chromium: tests/browser are skipped" >&2
echo "what to do: apt-get install chromium as root, or name one in EMGRIG_CHROMIUM" >&2
