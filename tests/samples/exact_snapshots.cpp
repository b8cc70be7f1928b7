#include "tests/samples/exact_snapshots.h"

#include "tests/samples/sample_snapshots.h"

namespace bulkhead::samples {

using model::ArchVerdicts;
using model::ArgumentOperator;
using model::Evidence;
using model::EvidenceKind;
using model::Fact;
using model::NamespaceType;
using model::SeccompAction;
using model::SeccompVerdict;
using model::Snapshot;

namespace {

constexpr std::uint64_t kNamespaceFlags = 0x7e020000; ///< CLONE_NEW* of clone(2), without CLONE_NEWTIME

template <class T>
Fact<T> seen(T value) {
    return {std::move(value), Evidence{EvidenceKind::observed, "sample", "", 0}};
}

SeccompVerdict answer(SeccompAction action, std::int64_t data = 0) {
    SeccompVerdict verdict;
    verdict.action = action;
    verdict.data = data;
    return verdict;
}

std::map<std::string, ArchVerdicts> dockerVerdicts() {
    ArchVerdicts native;
    native.others = answer(SeccompAction::errorNumber, 1);
    for (const char* call : {"read", "write", "openat", "execve"}) {
        native.calls[call] = answer(SeccompAction::allow);
    }
    native.calls["clone"] = dockerClone();
    native.calls["clone3"] = answer(SeccompAction::errorNumber, 38);
    native.calls["mount"] = answer(SeccompAction::errorNumber, 1);
    native.calls["uretprobe"] = answer(SeccompAction::errorNumber, 1);
    native.calls["uretprobe"].kernelExempt = true;
    native.calls["#512..600"] = answer(SeccompAction::errorNumber, 38);
    ArchVerdicts compat = native;
    compat.calls.erase("uretprobe");
    ArchVerdicts x32 = native;
    x32.reachable = false;
    return {{"x86_64", native}, {"i386", compat}, {"x32", x32}};
}

void ownSpaces(Snapshot& snapshot, std::uint64_t first) {
    for (auto& [type, space] : snapshot.namespaces) {
        const bool host = space.sharedWithHost.valueOr(false);
        space.inode = seen(host ? std::uint64_t{4026531835} + static_cast<std::uint64_t>(type) : first++);
    }
}

/// Rootless: everything it has is owned by a user namespace that uid 100000 made.
void ownedByChild(Snapshot& snapshot, std::uint64_t user) {
    for (auto& [type, space] : snapshot.namespaces) {
        if (!space.sharedWithHost.valueOr(false)) {
            space.ownerUid = seen(std::uint32_t{100000});
            space.ownerUserNamespace = seen(user);
            space.level = seen(std::int64_t{1});
        }
    }
}

model::Probe probe(
    const std::string& test, const std::string& target, model::ProbeResult result, int error,
    model::ProbeResult predicted) {
    model::Probe out;
    out.test = test;
    out.target = target;
    out.result = result;
    out.errorNumber = error;
    out.predicted = predicted;
    out.agrees = result == predicted;
    return out;
}

} // namespace

SeccompVerdict dockerClone() {
    SeccompVerdict verdict = answer(SeccompAction::allow);
    verdict.cases = {
        {{{0, ArgumentOperator::equal, {kNamespaceFlags}, {0}}}, SeccompAction::allow, 0},
        {{{0, ArgumentOperator::notEqual, {kNamespaceFlags}, {0}}}, SeccompAction::errorNumber, 1}};
    return verdict;
}

Snapshot experienced(Snapshot snapshot) {
    using enum model::ProbeResult;
    snapshot.vantage = model::Vantage::experienced;
    std::vector<model::Probe> probes{
        probe("write", "/proc/sysrq-trigger", denied, 30, denied),
        probe("connect", "/run/docker.sock", absent, 2, absent),
        probe("see-processes", "", denied, 0, denied),
        probe("unshare-user", "", denied, 1, allowed),
    };
    probes.back().cause = "kernel.unprivileged_userns_clone is 0 on this host";
    snapshot.probes = seen(probes);
    return snapshot;
}

std::vector<diagram::SubjectView> exactFour() {
    std::vector<diagram::SubjectView> all = four();
    std::uint64_t inode = 4026532100;
    for (diagram::SubjectView& subject : all) {
        ownSpaces(*subject.enforced, inode);
        inode += 16;
    }
    ownedByChild(*all[2].enforced, 4026532132);
    all[0].enforced->seccomp.verdicts = seen(dockerVerdicts());
    all[0].enforced->seccomp.archGaps = seen(std::vector<std::string>{"x32"});
    auto looser = dockerVerdicts();
    looser["x86_64"].calls["mount"] = answer(SeccompAction::allow);
    looser["x86_64"].calls["clone3"] = answer(SeccompAction::errorNumber, 1);
    all[2].enforced->seccomp.verdicts = seen(looser);
    all[0].experienced = experienced(*all[0].enforced);
    return all;
}

std::vector<diagram::SubjectView> pod() {
    std::vector<diagram::SubjectView> both;
    std::uint64_t inode = 4026532300;
    for (const char* name : {"web-1", "sidecar"}) {
        diagram::SubjectView view;
        view.name = name;
        view.enforced = dockerDefault(name);
        ownSpaces(*view.enforced, inode);
        inode += 16;
        both.push_back(std::move(view));
    }
    for (const NamespaceType type : {NamespaceType::net, NamespaceType::ipc, NamespaceType::uts}) {
        both[1].enforced->namespaces[type] = both[0].enforced->namespaces[type];
    }
    return both;
}

} // namespace bulkhead::samples
