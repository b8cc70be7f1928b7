#!/bin/sh
# check.sh BULKHEAD: check.mjs, where there is a node to run it.
if ! command -v node >/dev/null; then
    if [ "$BULKHEAD_REQUIRE_ENGINES" = 1 ]; then
        echo "failed: node is not installed (packages nodejs and npm)"
        exit 1
    fi
    echo "skipped: node is not installed (packages nodejs and npm)"
    exit 77
fi
exec node "$(dirname "$0")/check.mjs" "$@"
