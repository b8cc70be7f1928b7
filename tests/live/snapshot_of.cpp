#include "core/kernel/collect.h"
#include "core/kernel/host_reference.h"
#include "core/wire/snapshot_json.h"

#include <cstdio>
#include <cstdlib>

/// Prints the enforced snapshot of a pid, for live tests that hold it against other tools.
int main(int count, char** arguments) {
    using namespace bulkhead;
    if (count != 2) {
        std::fputs("usage: snapshot_of PID\n", stderr);
        return 2;
    }
    const os::ProcRoot machine;
    const auto snapshot = kernel::collectSnapshot(
        machine, std::strtoll(arguments[1], nullptr, 10), kernel::readHostReference(machine));
    if (!snapshot) {
        std::fprintf(stderr, "%s\n", snapshot.error().message.c_str());
        return 3;
    }
    std::puts(wire::writeSnapshot(*snapshot).c_str());
    return 0;
}
