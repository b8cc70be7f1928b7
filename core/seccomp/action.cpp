#include "core/seccomp/action.h"

#include <algorithm>
#include <fmt/format.h>

namespace bulkhead::seccomp {

using model::SeccompAction;

Answer answerOf(std::uint32_t value) {
    const std::int64_t data = value & 0xffffU;
    switch (value & 0xffff0000U) {
    case 0x00000000U:
        return {SeccompAction::killThread, 0};
    case 0x00030000U:
        return {SeccompAction::trap, data};
    case 0x00050000U:
        return {SeccompAction::errorNumber, std::min<std::int64_t>(data, 4095)}; // MAX_ERRNO
    case 0x7fc00000U:
        return {SeccompAction::userNotif, 0};
    case 0x7ff00000U:
        return {SeccompAction::trace, data};
    case 0x7ffc0000U:
        return {SeccompAction::log, 0};
    case kReturnAllow:
        return {SeccompAction::allow, 0};
    default:
        return {SeccompAction::killProcess, 0};
    }
}

std::string toText(const Answer& answer) {
    const bool always = answer.action == SeccompAction::errorNumber;
    const std::string name(model::nameOf(answer.action));
    return always || answer.data != 0 ? fmt::format("{}({})", name, answer.data) : name;
}

} // namespace bulkhead::seccomp
