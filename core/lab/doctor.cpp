#include "core/lab/doctor.h"

#include "core/catalog/scenario.h"
#include "core/engines/oci_runtime.h"
#include "core/kernel/collect.h"
#include "core/kernel/host_reference.h"
#include "core/lab/doctor_engines.h"
#include "core/lab/doctor_sight.h"
#include "core/lab/machine.h"
#include "core/lab/run.h"
#include "core/os/file.h"
#include "core/os/process.h"
#include "core/session/resources.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>

namespace bulkhead::lab {

namespace {

/// What every check looks at, read once.
struct Ground {
    Machine machine;
    os::ProcRoot proc;
    model::Host host;
    kernel::HostReference reference;
    std::string searchPath = LabOptions().searchPath;
};

bool holds(const Ground& ground, std::string_view name) {
    return ground.machine.ground.launcher.has(*model::capabilityNamed(name));
}

Finding checkReference(const Ground& ground) {
    Finding finding{"hostReference", "which namespaces are the host's own", Ability::full, "", ""};
    finding.why = ground.reference.evidence;
    if (!ground.reference.known) {
        finding.ability = Ability::none;
        finding.remedy = "run bulkhead on the host and not inside a container";
    }
    return finding;
}

Finding checkDevicePolicy(const Ground& ground) {
    Finding finding{"devicePolicy", "device programs of control groups", Ability::full, "", ""};
    const bool can = holds(ground, "CAP_SYS_ADMIN") || holds(ground, "CAP_NET_ADMIN");
    finding.why = can ? "the kernel answers BPF_PROG_QUERY to this user"
                      : "the kernel names device programs only to CAP_SYS_ADMIN or CAP_NET_ADMIN";
    if (!can) {
        finding.ability = Ability::none;
        finding.remedy = "run bulkhead as root";
    }
    return finding;
}

Finding checkLsm(const Ground& ground) {
    Finding finding{"lsm", "active security modules", Ability::full, "", ""};
    if (ground.host.lsms.known()) {
        for (const std::string& name : ground.host.lsms.value()) {
            finding.why += (finding.why.empty() ? "" : ", ") + name;
        }
        return finding;
    }
    finding.ability = Ability::partial;
    finding.why = ground.host.lsms.unreadable() ? ground.host.lsms.gap().reason : "not known";
    finding.remedy = "mount securityfs: mount -t securityfs none /sys/kernel/security";
    return finding;
}

Finding checkRuntime(const Ground& ground) {
    Finding finding{"runtime", "a container runtime for the lab", Ability::full, "", ""};
    std::string missing;
    std::string packages;
    for (const engines::RuntimeKind& kind : engines::runtimeKinds()) {
        if (const auto runtime = engines::findRuntime(kind, ground.searchPath)) {
            finding.why += (finding.why.empty() ? "" : ", ") + runtime->name + " " + runtime->version;
        } else {
            missing += (missing.empty() ? "" : ", ") + std::string(kind.id);
            packages += " " + std::string(kind.package);
        }
    }
    finding.why += finding.why.empty() || missing.empty() ? "" : "; not installed: " + missing;
    if (finding.why.empty()) {
        finding = {
            finding.id, finding.subject, Ability::none, "neither runc nor crun is installed",
            "apt install runc"};
    } else if (ground.host.cgroup.valueOr("") == "hybrid") {
        finding.why += "; crun refuses hybrid control groups, runc takes them";
    }
    return finding;
}

Finding checkImage(const Ground& /*ground*/) {
    Finding finding{"image", "programs of the lab's image", Ability::full, "", ""};
    std::error_code error;
    if (!std::filesystem::exists(LabOptions().busybox, error)) {
        return {
            finding.id, finding.subject, Ability::none, LabOptions().busybox.string() + " is not there",
            "apt install busybox-static"};
    }
    if (const auto probe = session::findSiblingProgram("bulkhead-probe"); !probe) {
        return {finding.id, finding.subject, Ability::none, probe.error().message, "build it: cmake --build"};
    }
    finding.why = "busybox and bulkhead-probe are there";
    return finding;
}

Finding checkLaunch(const Ground& ground) {
    Finding finding{"launch", "launching the scenarios", Ability::full, "", ""};
    if (!ground.machine.isRoot()) {
        finding.ability = Ability::partial;
        finding.why = "an ordinary user launches the rootless scenario alone";
        finding.remedy = "run bulkhead lab run as root for the others";
        return finding;
    }
    std::string missing;
    for (int number = 0; number <= ground.machine.ground.lastCapability; ++number) {
        const auto capability = static_cast<model::Capability>(number);
        if (!ground.machine.ground.launcher.has(capability)) {
            missing += (missing.empty() ? "" : ", ") + model::capabilityName(capability);
        }
    }
    finding.why = "root launches every scenario";
    if (!missing.empty()) {
        finding.ability = Ability::partial;
        finding.why +=
            "; but it lacks " + missing + " itself and cannot give it to a container, nor raise limits";
        finding.remedy = "a root that holds every capability";
    }
    return finding;
}

Finding checkUserNamespaces(const Ground& ground) {
    Finding finding{"userNamespaces", "user namespaces for rootless launches", Ability::full, "", ""};
    const auto& max = ground.host.userns.max;
    if (max.known() && max.value() == 0) {
        return {
            finding.id, finding.subject, Ability::none, "user.max_user_namespaces is 0",
            "sysctl user.max_user_namespaces=10000"};
    }
    const auto& unprivileged = ground.host.userns.unprivileged;
    if (unprivileged.known() && !unprivileged.value()) {
        return {
            finding.id, finding.subject, Ability::none, "unprivileged users may not create user namespaces",
            "sysctl kernel.unprivileged_userns_clone=1"};
    }
    finding.why = "an unprivileged user may create one";
    return finding;
}

Finding checkRecordings(const Ground& /*ground*/) {
    Finding finding{"recordings", "recordings of the scenarios", Ability::full, "", ""};
    const auto folder = session::findDataFolder("resources/recordings");
    if (!folder) {
        return {finding.id, finding.subject, Ability::none, folder.error().message, "set BULKHEAD_DATA"};
    }
    finding.why = "in " + folder->string();
    return finding;
}

Finding checkWindow(const Ground& /*ground*/) {
    Finding finding{"workbench", "the desktop program", Ability::full, "", ""};
    const auto program = session::findSiblingProgram("bulkhead-workbench");
    if (!program) {
        return {finding.id, finding.subject, Ability::none, program.error().message, "install or build it"};
    }
    const bool display = std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
    finding.why = display ? "installed, and there is a display" : "installed, but there is no display";
    if (!display) {
        finding.ability = Ability::partial;
        finding.remedy = "start it in a graphical session";
    }
    return finding;
}

constexpr std::array kChecks = {checkReference,      checkDevicePolicy, checkLsm,
                                checkRuntime,        checkImage,        checkLaunch,
                                checkUserNamespaces, checkRecordings,   checkWindow};

} // namespace

std::vector<Finding> examineMachine() {
    Ground ground;
    ground.machine = readMachine();
    ground.host = kernel::readHost(ground.proc);
    ground.reference = kernel::readHostReference(ground.proc);
    std::vector<Finding> findings = examineSight(ground.proc, ground.machine, ground.reference);
    findings.reserve(findings.size() + kChecks.size());
    for (const auto& check : kChecks) {
        findings.push_back(check(ground));
    }
    std::ranges::move(examineLaunchers(ground.searchPath), std::back_inserter(findings));
    return findings;
}

} // namespace bulkhead::lab
