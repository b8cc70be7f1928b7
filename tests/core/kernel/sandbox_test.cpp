#include "core/kernel/audit.h"
#include "core/kernel/host_settings.h"
#include "core/kernel/module_loading.h"
#include "core/kernel/reading.h"
#include "core/kernel/sandbox.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <unistd.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;

std::string answerOf(const SandboxEvidence& evidence) {
    const auto answer = judgeSandbox(evidence);
    return answer.known() ? answer.value() : answer.gap().reason;
}

TEST(Sandbox, aNameAloneIsNone) {
    EXPECT_EQ(answerOf({"/usr/sbin/nginx", {}, {}, "", {}}), "none");
    EXPECT_EQ(answerOf({"/usr/local/bin/runsc", false, false, "", true}), "none");
    EXPECT_EQ(answerOf({"/usr/bin/qemu-system-x86_64", false, false, "", true}), "none");
    EXPECT_EQ(answerOf({"/usr/local/bin/runsc", true, false, "", false}), "none"); // the command itself
}

// gVisor: runsc re-executes itself as the sandbox, in namespaces of its own. Kata: containerd-shim-kata-v2
// starts the hypervisor of the host. Firecracker: the program of that name.
TEST(Sandbox, theHostsProgramAndAMachineDecide) {
    EXPECT_EQ(answerOf({"/usr/local/bin/runsc", true, false, "", true}), "gvisor");
    EXPECT_EQ(
        answerOf({"/usr/bin/qemu-system-x86_64", true, true, "/usr/bin/containerd-shim-kata-v2", false}),
        "kata");
    EXPECT_EQ(answerOf({"/usr/bin/containerd-shim-kata-v2", true, true, "", false}), "kata");
    EXPECT_EQ(answerOf({"/usr/bin/containerd-shim-kata-v2", true, false, "", false}), "none");
    EXPECT_EQ(answerOf({"/usr/bin/firecracker", true, true, "", true}), "microvm");
    EXPECT_EQ(answerOf({"/usr/bin/cloud-hypervisor", true, true, "", true}), "microvm");
}

TEST(Sandbox, halfTheEvidenceIsAGap) {
    EXPECT_EQ(
        answerOf({"/usr/bin/firecracker", {}, true, "", true}),
        "exe /usr/bin/firecracker: whether that is the host's program of this name cannot be told");
    EXPECT_EQ(
        answerOf({"/usr/bin/firecracker", true, {}, "", true}),
        "exe /usr/bin/firecracker: whether it runs a virtual machine cannot be seen");
    EXPECT_EQ(
        answerOf({"/firecracker", false, true, "", true}), // the copy of a jailer, or a container's own
        "exe /firecracker: not the host's file of that name, and may run a machine");
    EXPECT_EQ(
        answerOf({"/usr/local/bin/runsc", true, false, "", {}}),
        "exe /usr/local/bin/runsc: whether it stands in namespaces of its own cannot be told");
}

/// A folder of files that is removed with it.
class Folder {
public:
    Folder() : m_folder(fs::temp_directory_path() / ("bulkhead-sandbox-" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(m_folder); }

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((m_folder / path).parent_path());
        std::ofstream(m_folder / path) << text;
    }
    [[nodiscard]] os::ProcRoot root() const { return os::ProcRoot::captured(m_folder); }

private:
    fs::path m_folder;
};

// What a Kata container looks like on the host, composed from kata-containers docs/design/architecture: the
// shim of containerd starts the hypervisor, whose descriptors of /dev/kvm are named by virt/kvm/kvm_main.c.
TEST(Sandbox, isFoundFromAProcess) {
    const Folder folder;
    folder.write("proc/9/exe", "/opt/kata/bin/qemu-system-x86_64\n");
    folder.write("proc/9/exe.host", "same\n");
    folder.write("proc/9/status", "Name:\tqemu-system-x86\nPPid:\t8\n");
    folder.write("proc/9/fd.links", "/dev/null\nanon_inode:kvm-vm\nanon_inode:kvm-vcpu:0\n");
    folder.write("proc/8/exe", "/opt/kata/bin/containerd-shim-kata-v2\n");
    folder.write("proc/8/exe.host", "same\n");
    folder.write("proc/8/status", "Name:\tcontainerd-shim\nPPid:\t1\n");
    const auto detect = [&] {
        return detectSandbox(folder.root(), *Task::open(folder.root(), 9), std::unexpected(Failure{}), {});
    };
    EXPECT_EQ(detect().value(), "kata");
    EXPECT_EQ(
        detect().evidence().source,
        "exe /opt/kata/bin/qemu-system-x86_64: the host's hypervisor, a KVM machine, "
        "started by a shim of Kata");
    folder.write("proc/8/exe.host", "other\n"); // a program that calls itself a shim
    EXPECT_EQ(detect().value(), "microvm");
    folder.write("proc/9/fd.links", "/dev/null\n/tmp/anon_inode:kvm-vm\n");
    EXPECT_TRUE(detect().unreadable());
    folder.write("proc/9/exe.host", "other\n");
    EXPECT_EQ(detect().value(), "none");
}

model::Snapshot loader(const std::string& disabled, model::SeccompAction init, model::SeccompAction finit) {
    model::Snapshot s;
    s.host.knobs["kernel.modules_disabled"] = {disabled, observed("t")};
    s.capabilities.over[model::NamespaceType::user] = {model::CapabilitySet(~0ULL).upTo(40), observed("t")};
    model::ArchVerdicts calls;
    calls.others.action = model::SeccompAction::errorNumber;
    calls.calls["init_module"].action = init;
    calls.calls["finit_module"].action = finit;
    model::ArchVerdicts dead; // not reachable: what it would allow does not matter
    dead.reachable = false;
    s.seccomp.verdicts = {{{"x32", dead}, {"x86_64", calls}}, observed("t")};
    return s;
}

TEST(ModulesLoadable, takesCapabilityKnobAndFilter) {
    using enum model::SeccompAction;
    EXPECT_FALSE(modulesLoadable(loader("0", errorNumber, errorNumber)).value());
    EXPECT_TRUE(modulesLoadable(loader("0", errorNumber, allow)).value());
    EXPECT_TRUE(modulesLoadable(loader("0", userNotif, errorNumber)).value());
    EXPECT_FALSE(modulesLoadable(loader("1", allow, allow)).value());
    EXPECT_TRUE(modulesLoadable(loader("0", undetermined, errorNumber)).unreadable());
    EXPECT_TRUE(modulesLoadable(loader("0", undetermined, allow)).value());
    model::Snapshot unread = loader("0", allow, allow);
    unread.seccomp.verdicts = model::Unreadable{"not read", "CAP_SYS_ADMIN"};
    EXPECT_EQ(modulesLoadable(unread).gap().reason, "not read");
    unread.capabilities.over[model::NamespaceType::user] = {model::CapabilitySet(), observed("t")};
    EXPECT_FALSE(modulesLoadable(unread).value());
}

// Documentation/admin-guide/kernel-parameters.txt.
TEST(HostSettings, keepsOnlyParametersOfProtection) {
    EXPECT_EQ(
        protectionParameters(
            "root=/dev/vda1 ro mitigations=off lsm=landlock,apparmor quiet luks.key=x nosmep\n"),
        (std::vector<std::string>{"mitigations=off", "lsm=landlock,apparmor", "nosmep"}));
}

TEST(HostSettings, valuesComeWithTheirMeaning) {
    const Folder folder;
    folder.write("proc/sys/kernel/kptr_restrict", "1\n");
    folder.write("proc/sys/net/ipv4/conf/all/route_localnet", "0\n");
    folder.write("sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI\n");
    model::Host host;
    collectHostSettings(folder.root(), host);
    EXPECT_EQ(host.knobs.size(), 2U);
    EXPECT_EQ(
        host.knobs.at("kernel.kptr_restrict").evidence().source,
        "/proc/sys/kernel/kptr_restrict (kernel addresses in files: 0 shown, 1 to CAP_SYSLOG, 2 to nobody)");
    EXPECT_EQ(host.vulnerabilities.at("meltdown").value(), "Mitigation: PTI");
    EXPECT_TRUE(host.bootParameters.unreadable());
}

// linux/audit.h, struct audit_rule_data: fields with texts follow one another after it.
TEST(AuditRule, isSaidInWords) {
    audit_rule_data rule{};
    rule.flags = AUDIT_FILTER_EXIT;
    rule.action = AUDIT_ALWAYS;
    rule.field_count = 2;
    rule.mask[0] = 0x5;
    rule.fields[0] = AUDIT_ARCH;
    rule.values[0] = 0xC000003E;
    rule.fields[1] = AUDIT_FILTERKEY;
    rule.values[1] = 6;
    rule.buflen = 6;
    std::string bytes(reinterpret_cast<const char*>(&rule), sizeof rule);
    EXPECT_EQ(describeAuditRule(bytes).error().message, "audit rule: cut short");
    EXPECT_EQ(
        describeAuditRule(bytes + "mounts").value(),
        "always,exit 2 system calls key=mounts under 1 condition");
    EXPECT_EQ(describeAuditRule("x").error().message, "audit rule: cut short");
}

} // namespace
} // namespace bulkhead::kernel
