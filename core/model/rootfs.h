#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <string>

namespace bulkhead::model {

/// The root file system of the container.
struct Rootfs {
    Fact<std::string> driver;
    Fact<bool> writable;
    Fact<bool> nosuid;

    bool operator==(const Rootfs&) const = default;
};

template <>
struct Table<Rootfs> {
    static constexpr auto rows = rowsOf(
        Row{"driver", &Rootfs::driver, "file system type of the root mount", Compare::identity},
        Row{"writable", &Rootfs::writable, "neither its mount nor its superblock is read-only",
            Compare::content, Order::trueIsWeaker},
        Row{"nosuid", &Rootfs::nosuid, "set-user-ID bits and file capabilities have no effect on it",
            Compare::content, Order::trueIsStronger});
};

} // namespace bulkhead::model
