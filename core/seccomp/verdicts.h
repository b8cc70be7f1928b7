#pragma once

#include "core/model/seccomp.h"
#include "core/seccomp/action.h"
#include "core/seccomp/arch.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::seccomp {

/// Verdicts of all architectures, as a snapshot has them.
using Verdicts = std::map<std::string, model::ArchVerdicts>;

/// The verdict of a number: by its name, by "#512", by the range "#512..600" that holds it, or `others`.
[[nodiscard]] const model::SeccompVerdict&
verdictOf(const model::ArchVerdicts& verdicts, const Arch& arch, std::uint32_t number);

/// The verdict of a call by name or number ("mount", "#512", "512"). A name that this product does not know
/// is looked up as it is written.
[[nodiscard]] const model::SeccompVerdict&
verdictOf(const model::ArchVerdicts& verdicts, const Arch& arch, std::string_view call);

/// What becomes of one call with these arguments; `undetermined` where the verdict is.
[[nodiscard]] Answer answerTo(const model::SeccompVerdict& verdict, const std::array<std::uint64_t, 6>& args);

/// What becomes of one call under the verdicts of a snapshot. `undetermined` as well where they do not cover
/// the architecture.
[[nodiscard]] Answer predict(
    const Verdicts& verdicts, std::string_view arch, std::string_view call,
    const std::array<std::uint64_t, 6>& args);

/// The numbers that a key of `calls` stands for: "#512" and "#512..600" by themselves, a name by the ABI's
/// table; nothing for a name that it lacks.
struct KeyedNumbers {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
};
[[nodiscard]] std::optional<KeyedNumbers> numbersOfKey(const Arch& arch, std::string_view key);

/// "arg0 & 0x7e020000 == 0".
[[nodiscard]] std::string toText(const model::ArgumentCondition& condition);

/// Conditions that hold together: "arg0 == 1 && arg1 != 2"; "always" where there are none.
[[nodiscard]] std::string toText(const std::vector<model::ArgumentCondition>& when);

/// A verdict in one line: "allow", "errno(1)", "allow if arg0 == 8 || arg0 == 0; else errno(1)".
[[nodiscard]] std::string toText(const model::SeccompVerdict& verdict);

} // namespace bulkhead::seccomp
