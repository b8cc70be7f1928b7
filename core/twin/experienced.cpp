#include "core/twin/experienced.h"

#include "core/base/bytes.h"
#include "core/kernel/reading.h"
#include "core/twin/predict.h"
#include "core/twin/tries.h"
#include "core/wire/probe_calls.h"

#include <algorithm>
#include <cerrno>
#include <linux/magic.h>
#include <set>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

namespace bulkhead::twin {

using kernel::observed;
using model::Exposure;
using model::Fact;
using model::Probe;
using model::ProbeResult;
using model::Snapshot;
using wire::ProbeAnswer;
using wire::Try;

namespace {

constexpr std::uint64_t kTmpfs = TMPFS_MAGIC;

/// One try, judged against what was predicted.
struct Judge {
    const Snapshot& enforced;
    const Outcome& outcome;

    [[nodiscard]] Probe judge(
        std::string test, const std::string& target, const WantedTry& wanted, ProbeResult result, int error,
        const std::optional<ProbeResult>& predicted) const {
        Probe probe{std::move(test), target, result, error, predicted, std::nullopt, ""};
        if (wanted.skip) {
            probe.result = ProbeResult::skipped;
            probe.errorNumber = 0;
            probe.predicted = ProbeResult::denied;
            probe.cause = "blocked by seccomp (predicted)";
            return probe;
        }
        if (result == ProbeResult::failed && error == 0) {
            probe.cause = "not reached: the twin " + (outcome.broken.empty() ? "ended" : outcome.broken);
            return probe;
        }
        if (predicted && result != ProbeResult::failed) {
            probe.agrees = *predicted == result;
            probe.cause = *probe.agrees ? "" : causeOf(probe);
        }
        return probe;
    }
};

/// A mount by the flags that statfs(2) gave, one row for each thing it may allow.
void addMountRows(
    std::vector<Probe>& out, const Judge& judge, const WantedTry& wanted, const ProbeAnswer& answer,
    const model::Mount& mount) {
    struct Flag {
        const char* test;
        const char* option;
        unsigned long flag;
    };
    for (const Flag& one :
         {Flag{"execute", "noexec", ST_NOEXEC}, Flag{"set-user-id", "nosuid", ST_NOSUID},
          Flag{"device-nodes", "nodev", ST_NODEV}}) {
        const bool forbidden = std::ranges::find(mount.options, one.option) != mount.options.end();
        const bool seen = (answer.values[1] & one.flag) != 0;
        const ProbeResult result = answer.done == 0    ? ProbeResult::failed
                                   : answer.error != 0 ? wire::resultOf(answer.error)
                                   : seen              ? ProbeResult::denied
                                                       : ProbeResult::allowed;
        out.push_back(judge.judge(
            one.test, mount.target, wanted, result, answer.error,
            forbidden ? ProbeResult::denied : ProbeResult::allowed));
    }
}

const model::Mount* mountOf(const Snapshot& enforced, const std::string& target) {
    if (!enforced.mounts.known()) {
        return nullptr;
    }
    const auto& mounts = enforced.mounts.value();
    const auto found = std::ranges::find_if(
        mounts, [&](const model::Mount& mount) { return mount.visible && mount.target == target; });
    return found == mounts.end() ? nullptr : &*found;
}

bool isKernels(std::uint64_t type) {
    return type == PROC_SUPER_MAGIC || type == SYSFS_MAGIC || type == SELINUX_MAGIC ||
           type == DEBUGFS_MAGIC || type == TRACEFS_MAGIC || type == SECURITYFS_MAGIC ||
           type == CGROUP_SUPER_MAGIC || type == CGROUP2_SUPER_MAGIC;
}

/// What a process finds at a sensitive path.
Fact<model::PathState> pathState(const WantedTry& wanted, const ProbeAnswer& answer) {
    const auto evidence = observed("statfs and stat from inside");
    if (wanted.skip || answer.done == 0) {
        return model::Unreadable{
            wanted.skip ? "blocked by seccomp (predicted)" : "the twin did not come to it", ""};
    }
    if (answer.error == ENOENT) {
        return {{Exposure::absent, false}, evidence};
    }
    if (answer.error != 0) {
        return model::Unreadable{"from inside: " + base::errnoName(answer.error), ""};
    }
    if (isKernels(answer.values[0])) {
        const bool readOnly = (answer.values[1] & ST_RDONLY) != 0;
        return {{readOnly ? Exposure::readonly : Exposure::exposed, !readOnly}, evidence};
    }
    const bool null = S_ISCHR(answer.values[2]) && answer.values[3] == makedev(1, 3);
    if (null || answer.values[0] == kTmpfs) {
        return {{Exposure::masked, false}, evidence};
    }
    return model::Unreadable{"something else is mounted over it", ""};
}

void fillIdentity(Snapshot& out, const wire::TwinFacts& facts) {
    const auto ids = [](const std::array<std::uint32_t, 4>& all) {
        return model::Ids{all[0], all[1], all[2], all[3]};
    };
    const auto set = [](std::uint64_t mask, const char* call) {
        return Fact<model::CapabilitySet>(model::CapabilitySet(mask), observed(call));
    };
    out.identity.uid = {ids(facts.uid), observed("getresuid and setfsuid from inside")};
    out.identity.gid = {ids(facts.gid), observed("getresgid and setfsgid from inside")};
    const auto count = std::min<std::size_t>(facts.groupCount, facts.groups.size());
    out.identity.groups = {
        {facts.groups.begin(), facts.groups.begin() + static_cast<std::ptrdiff_t>(count)},
        observed("getgroups from inside")};
    out.identity.noNewPrivileges = {facts.noNewPrivileges != 0, observed("PR_GET_NO_NEW_PRIVS from inside")};
    out.capabilities.effective = set(facts.effective, "capget from inside");
    out.capabilities.permitted = set(facts.permitted, "capget from inside");
    out.capabilities.inheritable = set(facts.inheritable, "capget from inside");
    out.capabilities.bounding = set(facts.bounding, "PR_CAPBSET_READ from inside");
    out.capabilities.ambient = set(facts.ambient, "PR_CAP_AMBIENT_IS_SET from inside");
    const bool filtered = facts.seccompMode == 2;
    out.seccomp.mode = {
        filtered ? model::SeccompMode::filter : model::SeccompMode::disabled,
        observed("PR_GET_SECCOMP from inside")};
    auto& shared = out.namespaces[model::NamespaceType::pid].sharedWithHost;
    if (facts.parentTold != 0) {
        shared = {facts.parent != 0, observed("getppid from inside: a process of the host's is its parent")};
    } else {
        shared = model::Unreadable{"getppid is blocked by seccomp (predicted)", ""};
    }
}

/// The two questions that no try answers: they were answered on the way in.
void addWayIn(std::vector<Probe>& probes, const Judge& judge, const wire::TwinFacts& facts) {
    const auto yes = [](bool value) { return value ? ProbeResult::allowed : ProbeResult::denied; };
    const auto& pid = judge.enforced.namespaces.find(model::NamespaceType::pid);
    std::optional<ProbeResult> predicted;
    if (pid != judge.enforced.namespaces.end() && pid->second.sharedWithHost.known()) {
        predicted = yes(pid->second.sharedWithHost.value());
    }
    const WantedTry parent{Try::look, "", facts.parentTold == 0};
    probes.push_back(judge.judge("see-host-processes", "", parent, yes(facts.parent != 0), 0, predicted));
    predicted.reset();
    if (judge.enforced.identity.uidMap.known()) {
        predicted = yes(judge.enforced.identity.uidMap.value().coversHostRoot());
    }
    probes.push_back(
        judge.judge("host-root-mapped", "", {}, yes(facts.hostRoot != facts.overflowUid), 0, predicted));
}

/// The list of mounts is the kernel's, whether they take writes is what the twin was told.
void fillMounts(Snapshot& out, const Snapshot& enforced, const std::map<std::string, std::uint64_t>& flags) {
    if (!enforced.mounts.known()) {
        out.mounts = enforced.mounts;
        return;
    }
    std::vector<model::Mount> mounts = enforced.mounts.value();
    for (model::Mount& mount : mounts) {
        const auto seen = flags.find(mount.target);
        if (mount.visible && seen != flags.end()) {
            mount.readOnly = (seen->second & ST_RDONLY) != 0;
        }
    }
    out.mounts = {std::move(mounts), observed("mountinfo, and statfs from inside for what takes writes")};
    const auto root = flags.find("/");
    const model::Mount* mount = mountOf(enforced, "/");
    if (root != flags.end() && mount != nullptr) {
        const auto evidence = observed("statfs of / from inside");
        out.rootfs.writable = {(root->second & ST_RDONLY) == 0, evidence};
        out.rootfs.nosuid = {(root->second & ST_NOSUID) != 0, evidence};
        out.rootfs.driver = {mount->fsType, observed("mountinfo")};
    }
}

bool isBelow(std::string_view path, std::string_view tree) {
    return path.starts_with(tree) && (path.size() == tree.size() || path[tree.size()] == '/');
}

/// The trees whose files could be opened for writing. What the kernel counts as writable and nobody tried (a
/// folder without a file that is harmless to open) is taken over from its account, and named.
Fact<std::vector<std::string>> writableKnobs(const Snapshot& enforced, const std::vector<Probe>& probes) {
    std::set<std::string> open;
    std::set<std::string_view> tried;
    for (const Probe& probe : probes) {
        for (const wire::Knob& knob : wire::knobs()) {
            const bool made = probe.result != ProbeResult::skipped && probe.result != ProbeResult::failed;
            if (made && probe.test == "open-knob" && probe.target == knob.path) {
                tried.insert(knob.path);
                if (probe.result == ProbeResult::allowed) {
                    open.emplace(knob.tree);
                }
            }
        }
    }
    std::string notTried;
    for (const std::string& tree : enforced.kernel.writableKnobs.valueOr({})) {
        const bool isTried =
            std::ranges::any_of(tried, [&](std::string_view path) { return isBelow(path, tree); });
        const bool isOpen =
            std::ranges::any_of(open, [&](std::string_view found) { return isBelow(found, tree); });
        if (!isTried || isOpen) {
            open.insert(tree);
        }
        if (!isTried) {
            notTried += (notTried.empty() ? "; as the kernel counts them, not tried: " : ", ") + tree;
        }
    }
    return {
        std::vector<std::string>(open.begin(), open.end()),
        observed("files opened for writing from inside, and closed" + notTried)};
}

void fillFromProbes(Snapshot& out, const Snapshot& enforced, const std::vector<Probe>& probes) {
    std::vector<model::RuntimeSocket> sockets = enforced.sockets.valueOr({});
    for (const Probe& probe : probes) {
        const bool open = probe.result == ProbeResult::allowed;
        if (probe.test == "load-module" && probe.agrees) {
            out.kernel.modulesLoadable = {open, observed("finit_module from inside")};
        }
        for (model::RuntimeSocket& socket : sockets) {
            if (socket.path == probe.target && (probe.test == "connect" || probe.test == "ask-version")) {
                socket.connectable = open;
            }
        }
    }
    out.kernel.writableKnobs = writableKnobs(enforced, probes);
    if (enforced.sockets.known()) {
        out.sockets = {std::move(sockets), observed("connect from inside")};
    }
}

Snapshot headOf(const Snapshot& enforced) {
    Snapshot out;
    out.vantage = model::Vantage::experienced;
    out.producer = enforced.producer;
    out.captureId = enforced.captureId;
    out.subject = enforced.subject;
    out.group = enforced.group;
    out.stability = enforced.stability;
    out.host = enforced.host;
    return out;
}

/// What holds of the twin because it stands where the subject stands: read back, not assumed.
void fillStanding(Snapshot& out, const Snapshot& enforced, const std::map<std::string, Fact<bool>>& same) {
    const auto stands = [&](std::string_view type) {
        const auto found = same.find("namespaces." + std::string(type));
        return found != same.end() && found->second.valueOr(false);
    };
    for (const auto& [type, space] : enforced.namespaces) {
        if (stands(model::nameOf(type))) {
            out.namespaces[type].sharedWithHost = space.sharedWithHost;
        }
    }
    if (stands("user")) {
        out.identity.userNamespaceIsHost = enforced.identity.userNamespaceIsHost;
        out.identity.uidMap = enforced.identity.uidMap;
        out.identity.gidMap = enforced.identity.gidMap;
    }
    if (stands("net")) {
        out.network.hostNetwork = enforced.network.hostNetwork;
    }
}

/// Disagreements first, then what was not tried; otherwise in the order of the tries.
void sortProbes(std::vector<Probe>& probes) {
    const auto rank = [](const Probe& probe) {
        return probe.agrees == false ? 0 : probe.result == ProbeResult::failed ? 1 : 2;
    };
    std::ranges::stable_sort(probes, {}, rank);
}

/// Of what there is more than is tried, the rest is a gap.
void tellCuts(std::map<std::string, Fact<bool>>& same, const Snapshot& enforced, std::size_t planned) {
    const auto tell = [&](const char* name, const char* what, std::size_t there, std::size_t tried) {
        if (there > tried) {
            same.emplace(
                name, model::Unreadable{
                          "only " + std::to_string(tried) + " of " + std::to_string(there) + " " + what +
                              " were tried from inside",
                          ""});
        }
    };
    const std::size_t mounts = countMountsToTry(enforced);
    tell("tries.mounts", "mounts", mounts, std::min(mounts, kMaxTriedMounts));
    const std::size_t devices = enforced.devices.known() ? enforced.devices.value().size() : 0;
    tell("tries.devices", "device nodes", devices, std::min(devices, kMaxTriedDevices));
    if (const std::size_t waiting = countMountsThatWait(enforced); waiting > 0) {
        same.emplace(
            "tries.waiting", model::Unreadable{
                                 std::to_string(waiting) + " mounts were not tried: a server behind them "
                                                           "answers, or keeps a caller waiting",
                                 ""});
    }
    if (planned >= kMaxPlannedTries) {
        same.emplace(
            "tries.room", model::Unreadable{"more tries than a plan holds; the rest was left out", ""});
    }
}

} // namespace

Snapshot
buildExperienced(const Snapshot& enforced, const std::vector<WantedTry>& tries, const Outcome& outcome) {
    Snapshot out = headOf(enforced);
    const Judge judge{enforced, outcome};
    std::vector<Probe> probes;
    std::map<std::string, std::uint64_t> mountFlags;
    fillStanding(out, enforced, outcome.same);
    fillIdentity(out, outcome.facts);
    addWayIn(probes, judge, outcome.facts);
    for (std::size_t i = 0; i < tries.size() && i < outcome.answers.size(); ++i) {
        const WantedTry& wanted = tries[i];
        const ProbeAnswer& answer = outcome.answers[i];
        const std::string target = base::textFromBytes(wanted.path);
        if (wanted.what != Try::look) {
            const ProbeResult result = answer.done == 0 ? ProbeResult::failed : wire::resultOf(answer.error);
            probes.push_back(judge.judge(
                std::string(wire::kindOf(wanted.what).name), target, wanted, result, answer.error,
                predictTry(enforced, wanted.what, target)));
            continue;
        }
        const auto& sensitive = model::sensitivePaths();
        if (std::ranges::find(sensitive, target, &model::SensitivePath::path) != sensitive.end()) {
            out.paths.states.insert_or_assign(target, pathState(wanted, answer));
        }
        const model::Mount* mount = mountOf(enforced, target);
        if (mount != nullptr) {
            if (!wanted.skip && answer.done != 0 && answer.error == 0) {
                mountFlags.insert_or_assign(target, answer.values[1]);
            }
            if (i >= sensitive.size()) { // once, though a sensitive path may be a mount too
                addMountRows(probes, judge, wanted, answer, *mount);
            }
        }
    }
    fillMounts(out, enforced, mountFlags);
    fillFromProbes(out, enforced, probes);
    sortProbes(probes);
    out.probes = {std::move(probes), observed("tried by a twin of the task that the facets describe")};
    out.twin = outcome.same;
    tellCuts(*out.twin, enforced, tries.size());
    return out;
}

} // namespace bulkhead::twin
