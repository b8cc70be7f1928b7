#pragma once

#include "core/model/seccomp.h"

#include <cstdint>
#include <string>

namespace bulkhead::seccomp {

/// What becomes of a call: an action and, where it carries one, its data.
struct Answer {
    model::SeccompAction action = model::SeccompAction::allow;
    std::int64_t data = 0;

    auto operator<=>(const Answer&) const = default;
};

inline constexpr std::uint32_t kReturnKillProcess = 0x80000000;
inline constexpr std::uint32_t kReturnAllow = 0x7fff0000;

/// What the kernel does on a filter's return value: unknown actions kill the process, an errno is capped at
/// 4095, and data is dropped where nobody can see it (allow, log, user_notif, kills).
[[nodiscard]] Answer answerOf(std::uint32_t value);

/// The kernel's order over return values of stacked filters, by their signed action.
[[nodiscard]] constexpr bool isStricter(std::uint32_t value, std::uint32_t than) {
    return static_cast<std::int32_t>(value & 0xffff0000U) < static_cast<std::int32_t>(than & 0xffff0000U);
}

/// "allow", "errno(13)", "trace(5)", "kill_thread".
[[nodiscard]] std::string toText(const Answer& answer);

} // namespace bulkhead::seccomp
