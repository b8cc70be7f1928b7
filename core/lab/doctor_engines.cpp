#include "core/lab/doctor_engines.h"

#include "core/engines/oci_runtime.h"
#include "core/lab/cgroups.h"
#include "core/lab/engine_run.h"
#include "core/lab/machine.h"

#include <algorithm>

namespace bulkhead::lab {

using engines::EngineKind;

namespace {

Finding examineRuntime(const engines::RuntimeKind& kind, bool hybrid, const std::string& searchPath) {
    Finding finding{std::string(kind.id), "lab run --engine " + std::string(kind.id), Ability::full, "", ""};
    const auto runtime = engines::findRuntime(kind, searchPath);
    if (!runtime) {
        finding.ability = Ability::none;
        finding.why = "not installed";
        finding.remedy = "apt-get install " + std::string(kind.package);
        return finding;
    }
    finding.why = runtime->name + " " + runtime->version;
    if (hybrid && kind.id == "crun") {
        finding.ability = Ability::none;
        finding.why += ": it refuses hybrid control groups";
        finding.remedy = "boot with systemd.unified_cgroup_hierarchy=1, or use runc";
    }
    return finding;
}

Finding examineEngine(EngineKind kind, const Machine& machine) {
    const std::string name(engines::nameOf(kind));
    Finding finding{name, "lab run --engine " + name, Ability::full, "", ""};
    const auto found = findEngine(kind);
    if (!found) {
        const std::string& text = found.error().message;
        const auto end = text.find("; ");
        finding.ability = Ability::none;
        finding.why = text.substr(0, end);
        finding.remedy = end == std::string::npos
                             ? "name another in " +
                                   std::string(kind == EngineKind::docker ? "DOCKER_HOST" : "CONTAINER_HOST")
                             : text.substr(end + 2);
        return finding;
    }
    finding.why = name + " " + found->info.version + " at " + found->endpoint.url;
    Machine engine = machine;
    takeEnginesRights(found->endpoint, engine);
    const auto lacking = capabilitiesLacking(engine);
    if (found->info.rootless) {
        finding.ability = Ability::partial;
        finding.why += ", rootless: it launches the rootless scenario alone";
        finding.remedy = "name the socket of a " + name + " that root runs";
    } else if (!lacking.empty() && kind == EngineKind::docker) {
        finding.ability = Ability::partial;
        finding.why += "; it lacks " + lacking + " itself, and refuses the privileged scenario";
        finding.remedy = "an engine that holds every capability, or --engine podman or runc";
    } else {
        finding.why += "; it launches every scenario but the rootless one";
    }
    return finding;
}

} // namespace

std::vector<Finding> examineLaunchers(const std::string& searchPath) {
    const Machine machine = readMachine();
    std::vector<Finding> findings;
    const auto mounts = cgroupMounts();
    const auto has = [&](std::string_view type) {
        return std::ranges::any_of(mounts, [&](const auto& mount) { return mount.fsType == type; });
    };
    const bool hybrid = has("cgroup") && has("cgroup2");
    for (const engines::RuntimeKind& kind : engines::runtimeKinds()) {
        findings.push_back(examineRuntime(kind, hybrid, searchPath));
    }
    for (const EngineKind kind : {EngineKind::docker, EngineKind::podman}) {
        findings.push_back(examineEngine(kind, machine));
    }
    return findings;
}

} // namespace bulkhead::lab
