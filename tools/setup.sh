#!/usr/bin/env bash
# The developer's environment: shared, every service (with MyoVerse) and the tools, editable, in .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

# The one extra that the services leave to the node (docs: README.md of feature-extractor and trainer).
with_extras() {
    if grep -q '^myoverse = ' "$1/pyproject.toml"; then echo "$1[myoverse]"; else echo "$1"; fi
}

arguments=(--group dev --editable "./shared[catboost,myoverse,recording,supervision,testing]")
for folder in services/*/; do
    arguments+=(--editable "./$(with_extras "${folder%/}")")
done
exec tools/install.sh .venv "${arguments[@]}"
