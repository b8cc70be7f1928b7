#include "core/kernel/fingerprint.h"

#include "core/kernel/text.h"
#include "core/model/namespaces.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace bulkhead::kernel {

using base::ErrorKind;

namespace {

/// Lines of status that count; the others move all the time.
std::string credentialLines(std::string_view status) {
    constexpr std::array<std::string_view, 11> kKeys = {
        "Name:",   "Uid:",    "Gid:",    "Groups:", "CapInh:", "CapPrm:",
        "CapEff:", "CapBnd:", "CapAmb:", "NoNewPr", "Seccomp",
    };
    std::string kept;
    for (const std::string_view line : linesOf(status)) {
        const bool counts =
            std::ranges::any_of(kKeys, [&](std::string_view key) { return line.starts_with(key); });
        if (counts) {
            kept += std::string(line) + "\n";
        }
    }
    return kept;
}

std::string textOf(const Reading<std::string>& reading) {
    return reading ? *reading : reading.error().why.reason;
}

base::Status
refuseOddTasks(const TaskStat& stat, std::string_view status, const std::string& pid, Takes takes) {
    if (stat.state == 'Z' || stat.state == 'X') {
        return base::fail(
            ErrorKind::notFound, "pid " + pid + ": has exited (zombie), nothing is left to read");
    }
    const auto facts = parseStatus(status);
    if (stat.kernelThread() || (facts && facts->kernelThread)) {
        return base::fail(ErrorKind::unsupported, "pid " + pid + ": a kernel thread, it has no boundary");
    }
    if (takes == Takes::processes && facts && std::to_string(facts->tgid) != pid) {
        return base::fail(
            ErrorKind::unsupported,
            "pid " + pid + ": a thread of process " + std::to_string(facts->tgid) + ", name that one");
    }
    return {};
}

} // namespace

base::Result<Fingerprint> takeFingerprint(const Task& task, std::int64_t pid, Takes takes) {
    const std::string name = std::to_string(pid);
    const auto stat = task.read("stat");
    if (!stat) {
        const bool gone = stat.error().number == ESRCH || stat.error().number == ENOENT;
        return gone ? base::fail(ErrorKind::notFound, "pid " + name + ": no such process")
                    : base::fail(ErrorKind::denied, "pid " + name + ": " + stat.error().why.reason);
    }
    const auto facts = parseStat(*stat);
    if (!facts) {
        return std::unexpected(facts.error().in("pid " + name));
    }
    const std::string status = textOf(task.read("status"));
    if (const auto fine = refuseOddTasks(*facts, status, name, takes); !fine) {
        return std::unexpected(fine.error());
    }
    Fingerprint print{*facts, {}};
    print.parts["credentials"] = credentialLines(status);
    print.parts["exe"] = textOf(task.readLink("exe"));
    print.parts["program"] = facts->image;
    print.parts["mounts"] = textOf(task.read("mountinfo"));
    print.parts["cgroup"] = textOf(task.read("cgroup"));
    for (const auto& [type, link] : model::Names<model::NamespaceType>::names) {
        print.parts["namespaces"] += textOf(task.readLink("ns/" + std::string(link))) + "\n";
    }
    return print;
}

std::vector<std::string> changedParts(const Fingerprint& before, const Fingerprint& after) {
    std::vector<std::string> changed;
    for (const auto& [name, text] : before.parts) {
        const auto now = after.parts.find(name);
        if (now == after.parts.end() || now->second != text) {
            changed.push_back(name);
        }
    }
    if (before.stat.startTime != after.stat.startTime) {
        changed.emplace_back("startTime");
    }
    return changed;
}

} // namespace bulkhead::kernel
