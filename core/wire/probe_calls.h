#pragma once

#include "core/model/probe.h"
#include "core/wire/probe_plan.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bulkhead::wire {

/// A system call that a try makes, as far as its arguments are fixed; nullopt where they are not (pointers,
/// descriptors).
struct PlannedCall {
    std::string_view name;
    std::array<std::optional<std::uint64_t>, 6> args;
};

/// A try by the name that documents give it, and every system call it makes: what must be allowed, all of it,
/// before it is made.
struct TryKind {
    Try what = Try::look;
    std::string_view name;
    std::string_view meaning;
    std::span<const PlannedCall> calls;
};

/// All kinds, in the order of Try.
[[nodiscard]] std::span<const TryKind> tryKinds();

[[nodiscard]] const TryKind& kindOf(Try what);

/// What the errno of a try says (errno(3)): refused, not there, or failed for a reason of its own.
[[nodiscard]] model::ProbeResult resultOf(int error);

/// A file that acts on the whole machine when written, and on nobody when opened.
struct Knob {
    std::string_view path;
    std::string_view tree; ///< the sensitive path it stands for
};

/// Why an open is harmless: files of /proc/sys and sysfs have no open of their own; sysrq-trigger and the
/// affinity of interrupts have one that allocates (drivers/tty/sysrq.c, kernel/irq/proc.c).
[[nodiscard]] std::span<const Knob> knobs();

/// The five device nodes that nothing happens to when they are opened.
[[nodiscard]] std::span<const std::string_view> harmlessDevices();

/// Where runtimes put their sockets, and whether one can be asked for its version in HTTP.
struct KnownSocket {
    std::string_view path;
    bool speaksHttp = false;
};
[[nodiscard]] std::span<const KnownSocket> knownSockets();

} // namespace bulkhead::wire
