#include "core/compare/compare.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>

namespace bulkhead::compare {
namespace {

using model::Snapshot;

/// The 14 capabilities of the samples.
constexpr std::uint64_t kDocker = 0xa80425fb;

template <class T>
model::Fact<T> seen(T value) {
    return {std::move(value), {model::EvidenceKind::observed, "test", "", 0}};
}

/// The cause named for the only contradiction below a path.
std::string causeAt(const std::string& path, const Snapshot& declared, const Snapshot& enforced) {
    std::vector<std::string> causes;
    for (const Contradiction& one : compareVantages(declared, enforced)) {
        if (one.path.starts_with(path)) {
            causes.push_back(one.cause);
        }
    }
    return causes.size() == 1 ? causes.front() : std::to_string(causes.size()) + " contradictions";
}

TEST(Causes, ACapabilityThatTheLauncherLacks) {
    const Snapshot declared = samples::dockerDefault();
    Snapshot enforced = samples::dockerDefault();
    const model::CapabilitySet less(kDocker & ~1ULL); // CAP_CHOWN is 0
    enforced.capabilities.effective = seen(less);
    EXPECT_EQ(causeAt("capabilities.effective", declared, enforced), "")
        << "it stands in the bounding set: it was not clipped at the launch";
    enforced.capabilities.bounding = seen(less);
    EXPECT_EQ(
        causeAt("capabilities.effective", declared, enforced),
        "the launcher does not hold the capability itself, so it could not give it");
}

// fs/sysfs/mount.c; a privileged Pod on containerd 1.6.20 as it ran
TEST(Causes, ASysfsThatAnotherMountedFirst) {
    const auto withSysfs = [](bool readOnly, std::vector<std::string> superOptions) {
        Snapshot snapshot = samples::dockerDefault();
        model::Mount sysfs;
        sysfs.target = "/sys";
        sysfs.fsType = "sysfs";
        sysfs.kind = model::MountKind::sys;
        sysfs.options = {"rw"};
        sysfs.superOptions = std::move(superOptions);
        sysfs.readOnly = readOnly;
        snapshot.mounts = seen(std::vector{sysfs});
        return snapshot;
    };
    const std::string path = "mounts[\"/sys\"].readOnly";
    EXPECT_EQ(causeAt(path, withSysfs(false, {}), withSysfs(true, {"rw"})), "");
    EXPECT_TRUE(
        causeAt(path, withSysfs(false, {}), withSysfs(true, {"ro"})).starts_with("sysfs is one file system"));
}

TEST(Causes, AnExecSessionThatHoldsMore) {
    const Snapshot declared = samples::dockerDefault();
    Snapshot enforced = samples::dockerDefault();
    enforced.capabilities.effective = seen(model::CapabilitySet(kDocker | 1ULL << 21U));
    enforced.tasks = seen(std::vector<model::TaskClass>{{{10}, 1, 1, "main", {}}});
    EXPECT_EQ(causeAt("capabilities.effective", declared, enforced), "");
    enforced.tasks = seen(std::vector<model::TaskClass>{{{20}, 1, 1, "exec", {}}, {{10}, 1, 1, "main", {}}});
    EXPECT_EQ(
        causeAt("capabilities.effective", declared, enforced),
        "tasks that entered later hold more than the main process, as those of exec --privileged do");
}

TEST(Causes, ASettingOutsideTheDocument) {
    Snapshot declared = samples::dockerDefault();
    declared.identity.userNamespaceIsHost = {true, {model::EvidenceKind::defaulted, "docker", "", 0}};
    Snapshot enforced = samples::dockerDefault();
    enforced.identity.userNamespaceIsHost = seen(false);
    const std::string path = "identity.userNamespaceIsHost";
    const std::string ofTheEngine =
        "the file leaves it to the engine, and this engine's default is another one";
    EXPECT_EQ(causeAt(path, declared, enforced), ofTheEngine);
    declared.config.assumed = {{path, seen(true)}};
    EXPECT_EQ(causeAt(path, declared, enforced), ofTheEngine) << "the setting was read, and is not it";
    declared.config.assumed = {{path, model::Unreadable{"userns-remap", "docker info"}}};
    EXPECT_EQ(
        causeAt(path, declared, enforced),
        "the file leaves it to a setting of the engine or the cluster, which its gap under config.assumed "
        "names");
}

TEST(Causes, AModuleThatIsNotActive) {
    Snapshot declared = samples::dockerDefault();
    declared.lsm.apparmor = seen(model::LsmLabel{"docker-default", "enforce", true});
    Snapshot enforced = samples::dockerDefault();
    enforced.lsm.apparmor = seen(model::LsmLabel{});
    enforced.host.lsms = seen(std::vector<std::string>{"lockdown", "yama"});
    EXPECT_EQ(
        causeAt("lsm.apparmor", declared, enforced),
        "this kernel does not run the security module, so no profile of it is enforced");
    enforced.host.lsms = seen(std::vector<std::string>{"lockdown", "apparmor"});
    EXPECT_EQ(causeAt("lsm.apparmor", declared, enforced), "")
        << "the module runs: something else is at work";
}

TEST(Causes, AMountOverAProtectedPath) {
    const Snapshot declared = samples::dockerDefault();
    Snapshot enforced = samples::dockerDefault();
    enforced.paths.states["/proc/kcore"] = seen(model::PathState{model::Exposure::exposed, true});
    EXPECT_EQ(causeAt("paths", declared, enforced), "");
    auto mounts = enforced.mounts.value();
    model::Mount over;
    over.target = "/proc/kcore";
    over.kind = model::MountKind::bind;
    mounts.push_back(over);
    enforced.mounts = seen(mounts);
    EXPECT_EQ(
        causeAt("paths", declared, enforced),
        "a mount lies over the protected path and hides its protection");
}

TEST(Causes, ALimitThatNoGroupCarries) {
    Snapshot declared = samples::dockerDefault();
    declared.cgroup.limits["pids"] = seen(model::Limit{100, ""});
    Snapshot enforced = samples::dockerDefault();
    enforced.cgroup.limits["pids"] = seen(model::Limit{200, ""});
    EXPECT_EQ(causeAt("cgroup.limits", declared, enforced), "");
    enforced.cgroup.limits["pids"] = seen(model::Limit{std::nullopt, ""});
    EXPECT_EQ(
        causeAt("cgroup.limits.pids", declared, enforced),
        "no control group above the container carries the limit: its controller is off here");
    enforced.subject.engine.rootless = true;
    EXPECT_EQ(
        causeAt("cgroup.limits.pids", declared, enforced), "an unprivileged launch may not set cgroup rules");
}

TEST(Causes, ADefaultThatDrifted) {
    Snapshot declared = samples::dockerDefault();
    Snapshot enforced = samples::dockerDefault();
    declared.identity.noNewPrivileges = {true, {model::EvidenceKind::declared, "compose.yaml", "", 3}};
    enforced.identity.noNewPrivileges = seen(false);
    EXPECT_EQ(causeAt("identity.noNewPrivileges", declared, enforced), "") << "the file asked for it";
    declared.identity.noNewPrivileges = {true, {model::EvidenceKind::defaulted, "podman 5.0", "", 0}};
    EXPECT_EQ(
        causeAt("identity.noNewPrivileges", declared, enforced),
        "the file leaves it to the engine, and this engine's default is another one");
}

} // namespace
} // namespace bulkhead::compare
