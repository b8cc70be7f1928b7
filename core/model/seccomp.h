#pragma once

#include "core/model/fact.h"
#include "core/model/hex.h"
#include "core/model/named_enum.h"
#include "core/model/table.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::model {

/// Mode of seccomp(2), /proc/PID/status Seccomp.
enum class SeccompMode { disabled, strict, filter };

template <>
struct Names<SeccompMode> {
    static constexpr std::array names{
        std::pair{SeccompMode::disabled, std::string_view("disabled")},
        std::pair{SeccompMode::strict, std::string_view("strict")},
        std::pair{SeccompMode::filter, std::string_view("filter")},
    };
};

/// What a filter answers (seccomp(2), SECCOMP_RET_*), strictest first. `undetermined` is ours: the program
/// defies exact evaluation for the call.
enum class SeccompAction {
    killProcess,
    killThread,
    trap,
    errorNumber,
    userNotif,
    trace,
    log,
    allow,
    undetermined
};

template <>
struct Names<SeccompAction> {
    static constexpr std::array names{
        std::pair{SeccompAction::killProcess, std::string_view("kill_process")},
        std::pair{SeccompAction::killThread, std::string_view("kill_thread")},
        std::pair{SeccompAction::trap, std::string_view("trap")},
        std::pair{SeccompAction::errorNumber, std::string_view("errno")},
        std::pair{SeccompAction::userNotif, std::string_view("user_notif")},
        std::pair{SeccompAction::trace, std::string_view("trace")},
        std::pair{SeccompAction::log, std::string_view("log")},
        std::pair{SeccompAction::allow, std::string_view("allow")},
        std::pair{SeccompAction::undetermined, std::string_view("undetermined")},
    };
};

/// How an argument is compared: (argument & mask) op value, unsigned, 64 bits.
enum class ArgumentOperator { equal, notEqual, less, lessOrEqual, greater, greaterOrEqual };

template <>
struct Names<ArgumentOperator> {
    static constexpr std::array names{
        std::pair{ArgumentOperator::equal, std::string_view("==")},
        std::pair{ArgumentOperator::notEqual, std::string_view("!=")},
        std::pair{ArgumentOperator::less, std::string_view("<")},
        std::pair{ArgumentOperator::lessOrEqual, std::string_view("<=")},
        std::pair{ArgumentOperator::greater, std::string_view(">")},
        std::pair{ArgumentOperator::greaterOrEqual, std::string_view(">=")},
    };
};

/// One condition on one argument. A half of an argument, or a part of one that a program shifts into place,
/// is compared under the mask of its bits, so every exact condition has this one form.
struct ArgumentCondition {
    std::uint32_t arg = 0; ///< 0 to 5
    ArgumentOperator op = ArgumentOperator::equal;
    Hex64 mask{~0ULL};
    Hex64 value;

    auto operator<=>(const ArgumentCondition&) const = default;
};

/// One of several answers to a call: all conditions hold together. The cases of a call are disjoint and
/// complete.
struct SeccompCase {
    std::vector<ArgumentCondition> when;
    SeccompAction action = SeccompAction::allow;
    std::int64_t data = 0;

    auto operator<=>(const SeccompCase&) const = default;
};

/// An input that makes an undetermined program answer in a given way.
struct SeccompWitness {
    std::vector<Hex64> args; ///< six
    Hex64 instructionPointer;
    SeccompAction action = SeccompAction::allow;
    std::int64_t data = 0;

    auto operator<=>(const SeccompWitness&) const = default;
};

/// Why a program defies exact evaluation for a call, and what it can be made to answer.
struct SeccompDoubt {
    std::string expression; ///< what was computed, as in "(arg0 + arg1) * 2"
    std::vector<SeccompWitness> witnesses;

    auto operator<=>(const SeccompDoubt&) const = default;
};

/// What becomes of a system call. With cases, `action` and `data` are the most that a call can reach: those
/// of the laxest case.
struct SeccompVerdict {
    SeccompAction action = SeccompAction::allow;
    std::int64_t data = 0;
    std::optional<bool> kernelExempt;  ///< true: the kernel runs it without asking any filter
    std::vector<SeccompCase> cases;    ///< empty where the arguments do not matter
    std::optional<SeccompDoubt> doubt; ///< present where the action is undetermined

    auto operator<=>(const SeccompVerdict&) const = default;
};

/// The system calls of one architecture: one verdict for all numbers but those listed.
struct ArchVerdicts {
    bool reachable = true;
    SeccompVerdict others;
    std::map<std::string, SeccompVerdict> calls; ///< by name, or "#512" where the number has none

    auto operator<=>(const ArchVerdicts&) const = default;
};

/// One filter program, oldest first in a stack.
struct SeccompFilter {
    std::int64_t instructions = 0;
    std::string sha256;
    std::string program;            ///< base64 of an array of struct sock_filter
    std::vector<std::string> flags; ///< "log" (PTRACE_SECCOMP_GET_METADATA)

    auto operator<=>(const SeccompFilter&) const = default;
};

/// Threads of the process that are filtered in another way than the facet says, which is that of the widest.
struct OtherThreads {
    std::int64_t threads = 0;
    SeccompMode mode = SeccompMode::filter;
    std::vector<std::string> filters; ///< sha256 of each program, oldest first

    auto operator<=>(const OtherThreads&) const = default;
};

/// How system calls are filtered.
struct Seccomp {
    Fact<SeccompMode> mode;
    Fact<std::int64_t> filterCount;
    Fact<std::vector<SeccompFilter>> filters;
    Fact<std::vector<OtherThreads>> otherThreads;
    Fact<std::string> profile;
    Fact<std::string> defaultAction;         ///< answer of the native architecture to a number nobody names
    Fact<std::vector<std::string>> archGaps; ///< foreign ABIs that the filters forgot
    Fact<std::map<std::string, ArchVerdicts>> verdicts;

    bool operator==(const Seccomp&) const = default;
};

template <>
struct Table<ArgumentCondition> {
    static constexpr auto rows = rowsOf(
        Row{"arg", &ArgumentCondition::arg, "argument, 0 to 5"},
        Row{"op", &ArgumentCondition::op, "(argument & mask) op value, unsigned"},
        Row{"mask", &ArgumentCondition::mask, "bits that are compared"},
        Row{"value", &ArgumentCondition::value, "what they are compared with"});
};

template <>
struct Table<SeccompCase> {
    static constexpr auto rows = rowsOf(
        Row{"when", &SeccompCase::when, "conditions that hold together"},
        Row{"action", &SeccompCase::action, "the answer then"},
        Row{"data", &SeccompCase::data, "the action's data; the errno for errno"});
};

template <>
struct Table<SeccompWitness> {
    static constexpr auto rows = rowsOf(
        Row{"args", &SeccompWitness::args, "the six arguments"},
        Row{"instructionPointer", &SeccompWitness::instructionPointer, "where the call comes from"},
        Row{"action", &SeccompWitness::action, "the answer to this input"},
        Row{"data", &SeccompWitness::data, "the action's data"});
};

template <>
struct Table<SeccompDoubt> {
    static constexpr auto rows = rowsOf(
        Row{"expression", &SeccompDoubt::expression, "what was computed"},
        Row{"witnesses", &SeccompDoubt::witnesses, "an input for each answer that can be reached"});
};

template <>
struct Table<SeccompVerdict> {
    static constexpr auto rows = rowsOf(
        Row{"action", &SeccompVerdict::action,
            "what the kernel answers; with cases: the answer of the laxest"},
        Row{"data", &SeccompVerdict::data, "the action's data; the errno for errno"},
        Row{"kernelExempt", &SeccompVerdict::kernelExempt, "the kernel runs it without asking any filter"},
        Row{"cases", &SeccompVerdict::cases,
            "disjoint and complete, where the answer depends on arguments; else empty"},
        Row{"doubt", &SeccompVerdict::doubt, "of an undetermined call: why, and an input for each answer"});
};

template <>
struct Table<ArchVerdicts> {
    static constexpr auto rows = rowsOf(
        Row{"reachable", &ArchVerdicts::reachable, "this kernel runs calls of the architecture"},
        Row{"others", &ArchVerdicts::others, "verdict of every call not listed"},
        Row{"calls", &ArchVerdicts::calls, "verdict by call name, or #number"});
};

template <>
struct Table<SeccompFilter> {
    static constexpr auto rows = rowsOf(
        Row{"instructions", &SeccompFilter::instructions, "length of the program"},
        Row{"sha256", &SeccompFilter::sha256, "hash of the program's bytes"},
        Row{"program", &SeccompFilter::program, "base64 of the array of struct sock_filter"},
        Row{"flags", &SeccompFilter::flags, "log: the kernel logs its answers but allow"});
};

template <>
struct Table<OtherThreads> {
    static constexpr auto rows = rowsOf(
        Row{"threads", &OtherThreads::threads, "how many"},
        Row{"mode", &OtherThreads::mode, "disabled, strict or filter"},
        Row{"filters", &OtherThreads::filters, "hashes of their programs, oldest first"});
};

template <>
struct Table<Seccomp> {
    static constexpr auto rows = rowsOf(
        Row{"mode", &Seccomp::mode, "disabled, strict or filter (proc(5), status Seccomp)"},
        Row{"filterCount", &Seccomp::filterCount, "stacked filters (status Seccomp_filters)"},
        Row{"filters", &Seccomp::filters, "the programs, oldest first", Compare::identity},
        Row{"otherThreads", &Seccomp::otherThreads,
            "threads filtered otherwise; the other facts are those of the widest", Compare::identity},
        Row{"profile", &Seccomp::profile, "name of the declared profile", Compare::identity},
        Row{"defaultAction", &Seccomp::defaultAction,
            "answer of the native architecture to a number nobody names, as in errno(38)", Compare::identity},
        Row{"archGaps", &Seccomp::archGaps, "foreign ABIs and x32 entries that the filters forgot",
            Compare::content, Order::moreIsWeaker},
        Row{"verdicts", &Seccomp::verdicts, "by architecture: what becomes of each system call"});
};

} // namespace bulkhead::model
