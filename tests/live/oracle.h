#pragma once

#include "core/seccomp/action.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/program.h"
#include "core/seccomp/run.h"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace bulkhead::live {

/// What the kernel did with a call: its answer, or that it went by without asking any filter.
struct KernelAnswer {
    seccomp::Answer answer;
    bool exempt = false; ///< the filters were not asked
    std::string trouble; ///< not empty: no answer was got

    auto operator<=>(const KernelAnswer&) const = default;
};

/// Asks the running kernel what a stack of filters makes of any call, and executes none: a filter older than
/// all of them answers RET_TRACE to everything, and at the event the tracer replaces the call by -1. Calls
/// are made by a thread of a child; a call that ends it makes the next one start anew.
///
/// `user_notif` has no listener here and reads as errno(38). `log` reads as `allow`, unless the stack was
/// made by markLogs.
class Oracle {
public:
    explicit Oracle(const seccomp::Stack& stack);
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;
    ~Oracle();

    [[nodiscard]] KernelAnswer
    ask(const seccomp::Arch& arch, std::uint32_t number, const std::array<std::uint64_t, 6>& args);

    /// Where the calls are made from.
    [[nodiscard]] std::uint64_t instructionPointerOf(const seccomp::Arch& arch) const;

private:
    struct Shared;

    bool start();
    void end();
    [[nodiscard]] KernelAnswer ended(int status);

    const seccomp::Stack& m_stack;
    Shared* m_shared;
    unsigned char* m_code;
    pid_t m_leader = -1;
    pid_t m_thread = -1;
};

/// Instead of `log` the error number 2748: which the oracle can tell from `allow`. nullopt for programs whose
/// answers are not all constants.
[[nodiscard]] std::optional<seccomp::Stack> markLogs(const seccomp::Stack& stack);
inline constexpr std::int64_t kLogMark = 2748;

} // namespace bulkhead::live
