#include "core/seccomp/arch.h"

#include <algorithm>
#include <array>

namespace bulkhead::seccomp {

namespace {

constexpr std::array<Arch, 5> kArches = {{
    {"x86_64", "x86_64", 0xc000003e, 0, true},
    {"i386", "x86_64", 0x40000003, 0, false},
    {"x32", "x86_64", 0xc000003e, kX32Bit, true},
    {"aarch64", "aarch64", 0xc00000b7, 0, true},
    {"arm", "aarch64", 0x40000028, 0, false},
}};

} // namespace

std::span<const Arch> arches() {
    return kArches;
}

const Arch* findArch(std::string_view name) {
    const auto found = std::ranges::find(kArches, name, &Arch::name);
    return found == kArches.end() ? nullptr : &*found;
}

} // namespace bulkhead::seccomp
