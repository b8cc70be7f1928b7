#include "core/lab/engine_ask.h"

#include <algorithm>
#include <cctype>

namespace bulkhead::lab {

using base::ErrorKind;
using base::Status;
using catalog::Launcher;
using catalog::Scenario;
using engines::EngineKind;

namespace {

std::string rootlessRemedy(EngineKind engine) {
    return engine == EngineKind::docker
               ? "dockerd-rootless-setuptool.sh install, and name its socket in DOCKER_HOST"
               : "systemctl --user start podman.socket as an ordinary user, and run the lab as that user";
}

/// Who the engine runs as decides who root in the container is.
Status checkLauncher(const Scenario& scenario, const EngineContext& context) {
    const std::string engine(engines::nameOf(context.engine));
    if (scenario.launcher == Launcher::unprivileged && !context.info.rootless) {
        return base::fail(
            ErrorKind::unsupported, "this " + engine +
                                        " runs as root, and the scenario is a launch without; " +
                                        "use a rootless one: " + rootlessRemedy(context.engine));
    }
    if (scenario.launcher == Launcher::root && context.info.rootless) {
        return base::fail(
            ErrorKind::unsupported, "this " + engine +
                                        " is rootless: root of its containers is an ordinary user of the "
                                        "host; use the one that root runs, or the scenario rootless");
    }
    return {};
}

/// --privileged as a whole; parts of it have no words of their own.
bool asksForPrivileged(const Scenario& s, const Machine& machine) {
    const auto all = model::CapabilitySet(~0ULL).upTo(machine.ground.lastCapability);
    return s.capabilities.upTo(machine.ground.lastCapability) == all && s.seccomp.empty() &&
           !s.protectPaths && !s.readOnlyKernelFiles && s.hostDevices && s.openDevicePolicy &&
           !s.noNewPrivileges;
}

Status checkParts(const Scenario& scenario) {
    const auto refused = [](const std::string& what) {
        return base::fail(
            ErrorKind::unsupported, what + ": engines give that with --privileged as a whole only; launch it "
                                           "with --engine runc");
    };
    if (!scenario.readOnlyKernelFiles) {
        return refused("kernel file systems writable");
    }
    if (scenario.hostDevices && !scenario.openDevicePolicy) {
        return refused("device nodes of the host without leave to open them");
    }
    return {};
}

void noteMapping(EngineWish& wish) {
    const auto& mapping = wish.scenario.userNamespace;
    if (!mapping || wish.context.engine == EngineKind::podman) {
        return;
    }
    if (wish.context.info.usernsRemap.value_or(false) || wish.context.info.rootless) {
        wish.notes.emplace_back(
            "user namespace: Docker maps the ids of all its containers alike, to ids of its "
            "own choice, and not to those of the scenario");
    } else {
        wish.notes.emplace_back("user namespace: Docker has none for one container, so this one has none; "
                                "userns-remap in daemon.json gives one to all");
    }
}

} // namespace

std::string engineLimitName(const std::string& rlimit) {
    std::string name = rlimit.substr(rlimit.find('_') + 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name;
}

base::Result<EngineAsk> askEngineFor(const Scenario& scenario, const EngineContext& context) {
    Status possible = checkLauncher(scenario, context);
    const bool privileged = asksForPrivileged(scenario, context.launch.machine);
    possible = possible && !privileged ? checkParts(scenario) : possible;
    if (!possible) {
        return std::unexpected(possible.error());
    }
    Fitted fitted{askFor(scenario, context.launch), {}};
    fitLimits(context.launch.machine, fitted);
    EngineWish wish{scenario, context, std::move(fitted.config), privileged, std::move(fitted.notes)};
    noteMapping(wish);
    return context.engine == EngineKind::docker ? askDocker(std::move(wish)) : askPodman(std::move(wish));
}

} // namespace bulkhead::lab
