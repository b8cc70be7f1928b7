#include "tests/samples/sample_postures.h"

namespace bulkhead::samples {

using model::CapabilitySet;
using model::Evidence;
using model::Fact;
using model::NamespaceType;
using model::Posture;
using model::Unreadable;

namespace {

CapabilitySet first(int count) {
    CapabilitySet set;
    for (int i = 0; i < count; ++i) {
        set.add(static_cast<model::Capability>(i));
    }
    return set;
}

template <class T>
Fact<T> known(T value) {
    return Fact<T>(std::move(value), Evidence{});
}

/// A container as Docker makes it: 14 capabilities, a filter, no namespace of the host but user, cgroup and
/// time.
Posture container(const std::string& name, std::int64_t pid) {
    Posture posture;
    posture.subject.ref = "oci:" + name;
    posture.subject.kind = model::SubjectKind::container;
    posture.subject.engine = "docker";
    posture.subject.name = name;
    posture.subject.naming = model::Naming::verified;
    posture.subject.namedBy = "/run/docker/runtime-runc/moby/" + name + "/state.json";
    posture.subject.pid = pid;
    posture.subject.startTime = 100;
    posture.subject.state = "running";
    posture.subject.command = "sleep";
    posture.subject.processes = 2;
    posture.subject.threads = 3;
    posture.worstPath = known(std::string("none"));
    posture.privileged = known(false);
    posture.rootOnHost = known(true);
    posture.capabilitiesOverHost = known(first(14));
    posture.seccomp = known(model::SeccompMode::filter);
    posture.callsLeft = known(std::int64_t{311});
    posture.lsm = known(std::string("docker-default (enforce)"));
    posture.hostNamespaces =
        known(std::vector{NamespaceType::user, NamespaceType::cgroup, NamespaceType::time});
    posture.hostMounts = known(std::int64_t{0});
    posture.writableHostMounts = known(std::int64_t{0});
    posture.sockets = known(std::int64_t{0});
    return posture;
}

Posture privilegedBuild() {
    Posture posture = container("build", 50);
    posture.worstPath = known(std::string("host-root"));
    posture.worstPathCertain = known(true);
    posture.privileged = known(true);
    posture.capabilitiesOverHost = known(first(41));
    posture.seccomp = known(model::SeccompMode::disabled);
    posture.callsLeft = {};
    posture.lsm = known(std::string("unconfined"));
    posture.hostNamespaces = known(std::vector{NamespaceType::pid, NamespaceType::net, NamespaceType::user});
    posture.hostMounts = known(std::int64_t{3});
    posture.writableHostMounts = known(std::int64_t{1});
    posture.sockets = known(std::int64_t{1});
    return posture;
}

/// What an unprivileged user sees of somebody else's service.
Posture inferredService() {
    Posture posture;
    posture.subject.ref = "pid:60";
    posture.subject.kind = model::SubjectKind::service;
    posture.subject.name = "resolved"; // of the program: nothing names it
    posture.subject.command = "resolved";
    posture.subject.pid = 60;
    posture.subject.processes = 1;
    posture.subject.threads = 1;
    posture.subject.state = "running";
    posture.subject.inferred = true;
    const Unreadable denied{"permission denied", "CAP_SYS_PTRACE"};
    posture.worstPath = known(std::string("kernel-code"));
    posture.worstPathCertain = known(false);
    posture.privileged = denied;
    posture.rootOnHost = known(false);
    posture.capabilitiesOverHost = denied;
    posture.seccomp = known(model::SeccompMode::filter);
    posture.callsLeft = Unreadable{"the filter programs were not read", "CAP_SYS_ADMIN"};
    posture.lsm = denied;
    posture.hostNamespaces = denied;
    posture.hostMounts = denied;
    posture.writableHostMounts = denied;
    posture.sockets = denied;
    posture.unknowns = 40;
    return posture;
}

Posture endedSandbox() {
    Posture posture;
    posture.subject.ref = "pid:70";
    posture.subject.name = "render";
    posture.subject.command = "render";
    posture.subject.pid = 70;
    posture.subject.processes = 1;
    posture.subject.state = "running";
    posture.failure = "pid 70: exited meanwhile";
    return posture;
}

} // namespace

std::vector<Posture> machinePostures() {
    Posture web = container("web", 10);
    web.subject.execSessions = 1;
    Posture nested = container("inner", 20);
    nested.subject.parent = "oci:web";
    Posture app = container("app", 30);
    Posture sidecar = container("sidecar", 40);
    for (Posture* member : {&app, &sidecar}) {
        member->subject.group = "pod7f3a";
        member->subject.groupKind = "pod";
        member->subject.sharedInGroup = {NamespaceType::net, NamespaceType::ipc};
    }
    return {web, nested, app, sidecar, privilegedBuild(), inferredService(), endedSandbox()};
}

model::SubjectList machineList() {
    model::SubjectList list;
    for (const Posture& posture : machinePostures()) {
        list.subjects.push_back(posture.subject);
    }
    list.processes = 46;
    list.onHost = 33;
    list.unknown = 1;
    list.gaps = {"the kernel refused the namespaces of 1 process (pid 1)"};
    return list;
}

} // namespace bulkhead::samples
