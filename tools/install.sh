#!/usr/bin/env bash
# Bring one virtual environment to what it should hold; nothing to do is the common case and takes no time.
#
# usage: tools/install.sh VENV ARGUMENT...      the arguments are those of `uv pip install`
#
# Every version comes from constraints.txt. A stamp in the environment holds the hash of all that decides its content,
# so an unchanged tree is recognised without asking the installer.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=$1
shift
stamp="$venv/.emgrig-stamp"

wanted() {
    { cat pyproject.toml constraints.txt shared/pyproject.toml services/*/pyproject.toml tools/install.sh
      printf '%s\n' "$PWD" "$@" "${UV_TORCH_BACKEND:-}"; } | cksum
}

if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted "$@")" ]; then
    exit 0
fi

# An interpreter that was removed or moved leaves an environment that cannot be mended.
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(tools/find-python.sh)
    echo "making $venv with $python"
    "$python" -m venv --clear "$venv"
fi

rm -f "$stamp"
echo "installing into $venv (the first time downloads the packages; with PyTorch these are some GB)"
"$venv/bin/python" -m pip install --quiet --constraint constraints.txt uv

# Torch's wheels are large: a slow line must not be taken for a dead one.
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-300}"
"$venv/bin/uv" pip install --python "$venv/bin/python" --constraint constraints.txt \
    --build-constraint constraints.txt --compile-bytecode "$@"
wanted "$@" >"$stamp"
