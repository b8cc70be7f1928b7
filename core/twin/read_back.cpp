#include "core/twin/read_back.h"

#include "core/base/bytes.h"
#include "core/kernel/task.h"
#include "core/kernel/text.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/filter.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

namespace bulkhead::twin {

using model::Fact;
using model::Unreadable;

using Same = std::map<std::string, Fact<bool>>;

namespace {

/// A line of status and the attribute it decides.
struct Line {
    std::string_view line;
    std::string_view attribute;
};

constexpr std::array kLines = {
    Line{"Uid", "uid"},
    Line{"Gid", "gid"},
    Line{"Groups", "groups"},
    Line{"CapInh", "capabilities.inheritable"},
    Line{"CapPrm", "capabilities.permitted"},
    Line{"CapEff", "capabilities.effective"},
    Line{"CapBnd", "capabilities.bounding"},
    Line{"CapAmb", "capabilities.ambient"},
    Line{"NoNewPrivs", "noNewPrivileges"},
    Line{"Seccomp", "seccompMode"},
    Line{"Speculation_Store_Bypass", "speculation"},
};

/// What no process can read of another, or give itself.
constexpr std::array kNeverKnown = {
    std::pair{
        std::string_view("securebits"), std::string_view("securebits of another process cannot be read")},
    std::pair{
        std::string_view("landlock"), std::string_view("Landlock rules of another process cannot be read")},
    std::pair{
        std::string_view("sessionKeyring"), std::string_view("the twin has a session keyring of its own")},
};

Fact<bool> judged(
    const std::optional<std::string>& target, const std::optional<std::string>& twin,
    std::string_view source) {
    if (!target || !twin) {
        return Unreadable{std::string(source) + ": not shown", ""};
    }
    if (*target != *twin) {
        return Unreadable{
            "the twin has " + base::textFromBytes(*twin) + ", the process " + base::textFromBytes(*target),
            ""};
    }
    return {true, kernel::observed(std::string(source))};
}

std::optional<std::string> lineOf(const std::string& text, std::string_view name) {
    for (const std::string_view line : kernel::linesOf(text)) {
        if (line.starts_with(name) && line.substr(name.size()).starts_with(":")) {
            return std::string(kernel::trimmed(line.substr(name.size() + 1)));
        }
    }
    return std::nullopt;
}

std::optional<std::string> textOf(kernel::Reading<std::string> text) {
    return text ? std::optional(std::move(*text)) : std::nullopt;
}

/// The root directory by device and inode; paths could be anything.
std::optional<std::string> rootOf(const kernel::Task& task) {
    const auto fd = task.openFile("root", O_PATH | O_DIRECTORY);
    struct stat facts{};
    if (!fd || ::fstat(fd->get(), &facts) != 0) {
        return std::nullopt;
    }
    return std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
}

void compareFiles(Same& same, const kernel::Task& target, const kernel::Task& twin) {
    const auto file = [&](const char* attribute, const char* name) {
        same.emplace(attribute, judged(textOf(target.read(name)), textOf(twin.read(name)), name));
    };
    file("rlimits", "limits");
    file("cgroup", "cgroup");
    file("oomScoreAdj", "oom_score_adj");
    same.emplace("root", judged(rootOf(target), rootOf(twin), "root"));
    for (const char* type : {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"}) {
        const std::string name = std::string("ns/") + type;
        same.emplace(
            std::string("namespaces.") + type,
            judged(textOf(target.readLink(name)), textOf(twin.readLink(name)), name));
    }
}

/// The filters of a process that we hold and that stands still, oldest first (PTRACE_SECCOMP_GET_FILTER).
std::optional<std::vector<std::string>> filtersOf(pid_t twin) {
    constexpr auto kGetFilter = static_cast<__ptrace_request>(0x420c);
    std::vector<std::string> out;
    for (std::size_t index = 0;; ++index) {
        const long count = ::ptrace(kGetFilter, twin, index, nullptr);
        if (count < 0) {
            return errno == ENOENT || (errno == EINVAL && index == 0) ? std::optional(out) : std::nullopt;
        }
        std::string program(static_cast<std::size_t>(count) * sizeof(sock_filter), '\0');
        if (::ptrace(kGetFilter, twin, index, program.data()) != count) {
            return std::nullopt;
        }
        out.push_back(std::move(program));
    }
}

Fact<bool> compareFilters(const Target& target, pid_t twin) {
    const auto found = filtersOf(twin);
    if (!found) {
        return Unreadable{"the twin's filters could not be read back", ""};
    }
    std::vector<std::string> wanted;
    wanted.reserve(target.filters.size());
    for (const Filter& filter : target.filters) {
        wanted.push_back(filter.program);
    }
    if (*found != wanted) {
        return Unreadable{
            "the twin has " + std::to_string(found->size()) + " filters, the process other ones", ""};
    }
    return {true, kernel::observed("PTRACE_SECCOMP_GET_FILTER, byte by byte")};
}

} // namespace

Same compareStatus(const std::string& target, const std::string& twin) {
    Same same;
    for (const Line& one : kLines) {
        const std::string source = "status " + std::string(one.line);
        same.emplace(one.attribute, judged(lineOf(target, one.line), lineOf(twin, one.line), source));
    }
    return same;
}

Same readBack(const Target& target, pid_t twin, int labelError) {
    Same same;
    const auto task = kernel::Task::open(os::ProcRoot{}, twin);
    const auto theirs = target.task.read("status");
    const auto ours = task ? task->read("status") : std::unexpected(kernel::Failure{});
    if (!ours || !theirs) {
        same.emplace(
            "status", Unreadable{"the twin or its target was gone before they could be compared", ""});
        return same;
    }
    same = compareStatus(*theirs, *ours);
    compareFiles(same, target.task, *task);
    same.emplace("label", judgeLabel(target.label, target.task, *task, labelError));
    same.emplace("filters", compareFilters(target, twin));
    for (const auto& [attribute, why] : kNeverKnown) {
        same.emplace(attribute, Unreadable{std::string(why), ""});
    }
    if (!target.filters.empty()) {
        same.emplace(
            "seccompListener",
            Unreadable{"whether a filter has a listener cannot be read; the twin's has none", ""});
        same.emplace(
            "speculationFlag", Unreadable{"SECCOMP_FILTER_FLAG_SPEC_ALLOW of a filter cannot be read", ""});
    }
    return same;
}

} // namespace bulkhead::twin
