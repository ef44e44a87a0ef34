#!/usr/bin/env bash
# Generate the Python stubs of every .proto into a folder (shared/ by default).
#
# The path of a proto below proto/ is the import path of its stubs, so that they import each other inside a package.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${1:-shared}
find proto -name '*.proto' -print0 | sort -z | xargs -0 .venv/bin/python -m grpc_tools.protoc -I proto \
    --python_out="$out" --pyi_out="$out" --grpc_python_out="$out"
