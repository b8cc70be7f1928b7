#include "core/kernel/status.h"

#include "core/kernel/text.h"

#include <algorithm>
#include <array>

namespace bulkhead::kernel {

using base::ErrorKind;
using model::CapabilitySet;

namespace {

constexpr std::size_t kDeepestPidNamespace = 33; // MAX_PID_NS_LEVEL nested in the first (pid_namespaces(7))

bool setIds(std::string_view text, model::Ids& ids) {
    const auto words = wordsOf(text);
    constexpr std::array kMembers = {
        &model::Ids::real, &model::Ids::effective, &model::Ids::saved, &model::Ids::fs};
    if (words.size() != kMembers.size()) {
        return false;
    }
    for (std::size_t i = 0; i < kMembers.size(); ++i) {
        const auto id = numberOf<std::uint32_t>(words[i]);
        ids.*kMembers[i] = id.value_or(0);
        if (!id) {
            return false;
        }
    }
    return true;
}

bool setGroups(std::string_view text, std::vector<std::uint32_t>& groups) {
    for (const std::string_view word : wordsOf(text)) {
        const auto id = numberOf<std::uint32_t>(word);
        if (!id) {
            return false;
        }
        groups.push_back(*id);
    }
    return true;
}

bool setPids(std::string_view text, std::vector<std::int64_t>& pids) {
    pids.clear();
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find_first_of(" \t"), rest.size());
        const auto pid = numberOf<std::int64_t>(rest.substr(0, end));
        if (!pid || pids.size() == kDeepestPidNamespace) {
            return false;
        }
        pids.push_back(*pid);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t", end), rest.size()));
    }
    return !pids.empty();
}

template <class T>
bool setNumber(std::string_view text, T& out) {
    const auto number = numberOf<T>(text);
    out = number.value_or(T{});
    return number.has_value();
}

template <class T>
bool setOptional(std::string_view text, std::optional<T>& out) {
    out = numberOf<T>(text);
    return out.has_value();
}

bool setMask(std::string_view text, std::optional<CapabilitySet>& out) {
    const auto mask = numberOf<std::uint64_t>(text, 16);
    if (mask) {
        out = CapabilitySet(*mask);
    }
    return mask.has_value();
}

bool setFlag(std::string_view text, std::optional<bool>& out) {
    out = text == "1";
    return text == "0" || text == "1";
}

/// One line of interest: its key, what it should hold, how to take it.
struct Field {
    std::string_view key;
    std::string_view expected;
    bool (*take)(std::string_view, TaskStatus&);
};

using Text = std::string_view;
constexpr std::array kFields = {
    Field{
        "Name", "a name",
        [](Text t, TaskStatus& s) {
            s.name = t;
            return true;
        }},
    Field{
        "State", "a letter",
        [](Text t, TaskStatus& s) {
            s.state = t.empty() ? '?' : t[0];
            return !t.empty();
        }},
    Field{"Tgid", "a number", [](Text t, TaskStatus& s) { return setNumber(t, s.tgid); }},
    Field{"PPid", "a number", [](Text t, TaskStatus& s) { return setNumber(t, s.parent); }},
    Field{"Threads", "a number", [](Text t, TaskStatus& s) { return setNumber(t, s.threads); }},
    Field{"NSpid", "numbers", [](Text t, TaskStatus& s) { return setPids(t, s.namespacePids); }},
    Field{"TracerPid", "a number", [](Text t, TaskStatus& s) { return setNumber(t, s.tracer); }},
    Field{"Uid", "four numbers", [](Text t, TaskStatus& s) { return setIds(t, s.uid); }},
    Field{"Gid", "four numbers", [](Text t, TaskStatus& s) { return setIds(t, s.gid); }},
    Field{"Groups", "numbers", [](Text t, TaskStatus& s) { return setGroups(t, s.groups); }},
    Field{
        "Kthread", "0 or 1",
        [](Text t, TaskStatus& s) {
            s.kernelThread = t == "1";
            return t == "0" || t == "1";
        }},
    Field{"CapInh", "a hexadecimal mask", [](Text t, TaskStatus& s) { return setMask(t, s.inheritable); }},
    Field{"CapPrm", "a hexadecimal mask", [](Text t, TaskStatus& s) { return setMask(t, s.permitted); }},
    Field{"CapEff", "a hexadecimal mask", [](Text t, TaskStatus& s) { return setMask(t, s.effective); }},
    Field{"CapBnd", "a hexadecimal mask", [](Text t, TaskStatus& s) { return setMask(t, s.bounding); }},
    Field{"CapAmb", "a hexadecimal mask", [](Text t, TaskStatus& s) { return setMask(t, s.ambient); }},
    Field{"NoNewPrivs", "0 or 1", [](Text t, TaskStatus& s) { return setFlag(t, s.noNewPrivileges); }},
    Field{
        "Seccomp", "0, 1 or 2",
        [](Text t, TaskStatus& s) {
            return setOptional(t, s.seccomp) && *s.seccomp >= 0 && *s.seccomp <= 2;
        }},
    Field{
        "Seccomp_filters", "a number",
        [](Text t, TaskStatus& s) { return setOptional(t, s.seccompFilters); }},
};

const Field* fieldOf(std::string_view key) {
    for (const Field& field : kFields) {
        if (field.key == key) {
            return &field;
        }
    }
    return nullptr;
}

} // namespace

base::Result<TaskStatus> parseStatus(std::string_view text) {
    TaskStatus status;
    bool sawUid = false;
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        ++number;
        const auto colon = line.find(':');
        const Field* field = fieldOf(line.substr(0, colon));
        if (colon == std::string_view::npos || field == nullptr) {
            continue;
        }
        // A name keeps its spaces; the kernel puts exactly one tab before it.
        const std::string_view after = line.substr(colon + 1);
        const std::string_view value =
            field->key == "Name" ? after.substr(after.starts_with('\t') ? 1 : 0) : trimmed(after);
        if (!field->take(value, status)) {
            return base::fail(
                ErrorKind::malformed, "status line " + std::to_string(number) + ": " +
                                          std::string(field->key) + ": expected " +
                                          std::string(field->expected));
        }
        sawUid = sawUid || field->key == "Uid";
    }
    if (!sawUid) {
        return base::fail(ErrorKind::malformed, "status: no Uid line");
    }
    return status;
}

base::Result<TaskStat> parseStat(std::string_view text) {
    const auto close = text.rfind(')');
    if (close == std::string_view::npos) {
        return base::fail(ErrorKind::malformed, "stat: no closing parenthesis");
    }
    // Field 3 of proc(5) is the first here; flags are field 9, starttime field 22.
    const auto words = wordsOf(text.substr(close + 1));
    if (words.size() < 20) {
        return base::fail(ErrorKind::malformed, "stat: fewer than 22 fields");
    }
    const auto flags = numberOf<std::uint64_t>(words[6]);
    const auto start = numberOf<std::uint64_t>(words[19]);
    if (!flags || !start) {
        return base::fail(ErrorKind::malformed, "stat: flags or start time is no number");
    }
    // Fields 26 to 28 and 45 to 51 of proc(5); zeros where they are closed to us.
    std::string image;
    for (const std::size_t field : {26UL, 27UL, 28UL, 45UL, 46UL, 47UL, 48UL, 49UL, 50UL, 51UL}) {
        image += field - 3 < words.size() ? std::string(words[field - 3]) + " " : "";
    }
    return TaskStat{words[0][0], *flags, *start, std::move(image)};
}

} // namespace bulkhead::kernel
