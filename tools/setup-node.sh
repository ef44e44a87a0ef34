#!/usr/bin/env bash
# The environment of a node that runs one service: shared, that service and what they declare; nothing else.
#
# usage: tools/setup-node.sh SERVICE VENV [EXTRAS]       EXTRAS such as myoverse, separated by commas
set -euo pipefail
cd "$(dirname "$0")/.."

service=${1:-}
if [ -z "$service" ] || [ ! -f "services/$service/pyproject.toml" ]; then
    echo "expected SERVICE to be one of: $(ls services | tr '\n' ' ')got: '$service'" >&2
    echo "what to do: make setup-node SERVICE=predictor" >&2
    exit 2
fi
exec tools/install.sh "$2" --editable ./shared --editable "./services/$service${3:+[$3]}"
