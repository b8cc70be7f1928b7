#include "tests/core/threat/subjects.h"

#include <array>

namespace bulkhead::threat {

using model::NamespaceType;
using model::Snapshot;
using S = Snapshot&;

namespace {

constexpr auto kOther = [](S s) { set(s.identity.uid, model::Ids{1000, 1000, 1000, 1000}); };

constexpr std::array kImages = {
    Tried{
        "image-mutable-tag", [](S s) { set(s.image.tagMutable, true); },
        [](S s) { set(s.image.tagMutable, false); }},
    Tried{"image-unverified-provenance", [](S) {}, nullptr},
    Tried{"image-runs-as-root", [](S) {}, kOther},
    Tried{
        "image-setuid-or-filecaps", [](S s) { set(s.image.findings, Texts{"setuid /bin/su"}); },
        [](S s) { set(s.identity.noNewPrivileges, true); }},
    Tried{
        "image-secrets-in-layers", [](S s) { set(s.image.findings, Texts{"secret /root/.netrc"}); },
        [](S s) { set(s.image.findings, Texts{"setuid /bin/su"}); }},
    Tried{"image-known-vulnerable", [](S) {}, nullptr},
    Tried{
        "image-remote-admin-service", [](S s) { set(s.network.listeners, Texts{"tcp 0.0.0.0:22"}); },
        [](S s) { set(s.network.listeners, Texts{"tcp 127.0.0.1:22"}); }},
};

/// What a privileged container has, in the structure alone.
void privileged(S s) {
    for (const char* one : {"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO"}) {
        give(s, one);
    }
    set(s.seccomp.mode, model::SeccompMode::disabled);
    setPolicy(s, {"a *:* rwm"});
}

constexpr auto kNotConnectable = [](S s) {
    auto sockets = s.sockets.value();
    sockets.front().connectable = false;
    set(s.sockets, sockets);
};

constexpr std::array kConfigurations = {
    Tried{"privileged-container", privileged, [](S s) { setPolicy(s, {"c 1:3 rwm"}); }},
    Tried{"engine-socket-docker", [](S s) { addSocket(s, "docker", 0); }, kNotConnectable},
    Tried{"engine-socket-cri", [](S s) { addSocket(s, "containerd", 0); }, kNotConnectable},
    Tried{"engine-socket-podman", [](S s) { addSocket(s, "podman", 0); }, kNotConnectable},
    Tried{"engine-socket-rootless", [](S s) { addSocket(s, "docker", 1000); }, kNotConnectable},
    Tried{"no-new-privs-off", [](S) {}, [](S s) { set(s.identity.noNewPrivileges, true); }},
    Tried{
        "seccomp-unconfined", [](S s) { set(s.seccomp.mode, model::SeccompMode::disabled); },
        [](S s) { set(s.seccomp.mode, model::SeccompMode::filter); }},
    Tried{
        "seccomp-permissive-profile", [](S s) { set(s.seccomp.archGaps, Texts{"x32"}); },
        [](S s) { set(s.seccomp.archGaps, Texts{}); }},
    Tried{
        "lsm-unconfined", [](S) {},
        [](S s) { set(s.lsm.apparmor, model::LsmLabel{"docker-default", "enforce", true}); }},
    Tried{
        "masked-paths-removed", [](S s) { openPath(s, "/proc/keys", false); },
        [](S s) { set(s.paths.states["/proc/keys"], model::PathState{model::Exposure::masked, false}); }},
    Tried{
        "proc-sys-writable",
        [](S s) { openPath(s, "/proc/sys", true), mountAt(s, "/proc/sys").readOnly = false; },
        [](S s) { openPath(s, "/proc/sys", false); }},
    Tried{"rootfs-writable", [](S) {}, [](S s) { set(s.rootfs.writable, false); }},
    Tried{
        "secrets-in-environment", [](S s) { set(s.image.secretEnv, Texts{"DB_PASSWORD"}); },
        [](S s) { set(s.image.secretEnv, Texts{}); }},
    Tried{
        "service-account-token-mounted",
        [](S s) { addMount(s, "/var/run/secrets/kubernetes.io/serviceaccount", "/var/lib/kubelet/x", true); },
        [](S s) { mountAt(s, "/var/run/secrets/kubernetes.io/serviceaccount").visible = false; }, true},
    Tried{
        "runtime-software-affected", [](S s) { s.subject.runtime.version = "1.1.5"; },
        [](S s) { s.subject.runtime.version = "1.3.3"; }, true},
    Tried{
        "unsafe-sysctls-declared",
        [](S s) { set(s.config.sysctls, std::map<std::string, std::string>{{"kernel.msgmax", "1"}}); },
        [](S s) {
            set(s.config.sysctls, std::map<std::string, std::string>{{"net.ipv4.tcp_syncookies", "1"}});
        }},
    Tried{
        "exec-privileged-session",
        [](S s) { set(s.tasks, std::vector{model::TaskClass{{7}, 1, 1, "exec", {}}}); },
        [](S s) { set(s.tasks, std::vector{model::TaskClass{{7}, 1, 1, "main", {}}}); }},
    Tried{
        "host-privileged-supplementary-gid",
        [](S s) { set(s.identity.groupsOnHost, std::vector<std::uint32_t>{6, 999}); },
        [](S s) { set(s.identity.groupsOnHost, std::vector<std::uint32_t>{999}); }},
    Tried{
        "inheritable-capabilities", [](S s) { set(s.capabilities.inheritable, model::CapabilitySet(1)); },
        [](S s) { set(s.capabilities.inheritable, model::CapabilitySet()); }},
    Tried{
        "host-port-published", [](S s) { set(s.network.publishedPorts, Texts{"0.0.0.0:80->80/tcp"}); },
        [](S s) { set(s.network.publishedPorts, Texts{}); }},
    Tried{
        "probe-host-redirect", [](S s) { set(s.config.asks, Texts{"a probe of the host 169.254.169.254"}); },
        [](S s) { set(s.config.asks, Texts{"read-only root"}); }},
    Tried{
        "injected-by-hook-or-cdi", [](S s) { set(s.config.hooks, Texts{"/usr/bin/hook"}); },
        [](S s) { set(s.config.hooks, Texts{}); }},
    Tried{
        "policy-not-enforced-on-object",
        [](S s) { set(s.config.asks, Texts{"a namespace that enforces no Pod Security level"}); },
        [](S s) { set(s.config.asks, Texts{"read-only root"}); }},
};

} // namespace

std::span<const Tried> triedOfImages() {
    return kImages;
}

std::span<const Tried> triedOfConfigurations() {
    return kConfigurations;
}

} // namespace bulkhead::threat
