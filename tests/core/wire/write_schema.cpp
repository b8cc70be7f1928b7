#include "core/wire/snapshot_json.h"

#include <cstdio>

/// Writes the schema of the snapshot document to standard output, for resources/schema.
int main() {
    std::fputs(bulkhead::wire::writeSnapshotSchema().c_str(), stdout);
}
