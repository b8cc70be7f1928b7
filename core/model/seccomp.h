#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <cstdint>
#include <map>
#include <string>
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

/// One filter program, oldest first in a stack.
struct SeccompFilter {
    std::int64_t instructions = 0;
    std::string sha256;
    std::string program; ///< base64 of an array of struct sock_filter

    auto operator<=>(const SeccompFilter&) const = default;
};

/// What becomes of a system call: "allow", "errno", ... and the action's data.
struct SeccompVerdict {
    std::string action;
    std::int64_t data = 0;

    auto operator<=>(const SeccompVerdict&) const = default;
};

/// The system calls of one architecture: one verdict for all calls but those listed.
struct ArchVerdicts {
    bool reachable = true;
    SeccompVerdict others;
    std::map<std::string, SeccompVerdict> calls;

    auto operator<=>(const ArchVerdicts&) const = default;
};

/// How system calls are filtered.
struct Seccomp {
    Fact<SeccompMode> mode;
    Fact<std::int64_t> filterCount;
    Fact<std::vector<SeccompFilter>> filters;
    Fact<std::string> profile;
    Fact<std::map<std::string, ArchVerdicts>> verdicts;

    bool operator==(const Seccomp&) const = default;
};

template <>
struct Table<SeccompFilter> {
    static constexpr auto rows = std::tuple{
        Row{"instructions", &SeccompFilter::instructions, "length of the program"},
        Row{"sha256", &SeccompFilter::sha256, "hash of the program's bytes"},
        Row{"program", &SeccompFilter::program, "base64 of the array of struct sock_filter"},
    };
};

template <>
struct Table<SeccompVerdict> {
    static constexpr auto rows = std::tuple{
        Row{"action", &SeccompVerdict::action,
            "allow, log, errno, trap, trace, user_notif, kill_thread or kill_process"},
        Row{"data", &SeccompVerdict::data, "the action's data; the errno for errno"},
    };
};

template <>
struct Table<ArchVerdicts> {
    static constexpr auto rows = std::tuple{
        Row{"reachable", &ArchVerdicts::reachable, "this kernel runs calls of the architecture"},
        Row{"others", &ArchVerdicts::others, "verdict of every call not listed"},
        Row{"calls", &ArchVerdicts::calls, "verdict by call name, or #number"},
    };
};

template <>
struct Table<Seccomp> {
    static constexpr auto rows = std::tuple{
        Row{"mode", &Seccomp::mode, "disabled, strict or filter (proc(5), status Seccomp)"},
        Row{"filterCount", &Seccomp::filterCount, "stacked filters (status Seccomp_filters)"},
        Row{"filters", &Seccomp::filters, "the programs, oldest first", Compare::identity},
        Row{"profile", &Seccomp::profile, "name of the declared profile", Compare::identity},
        Row{"verdicts", &Seccomp::verdicts, "by architecture: what becomes of each system call"},
    };
};

} // namespace bulkhead::model
