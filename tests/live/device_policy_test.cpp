// Holds limits and device policy of core/kernel against the kernel itself: processes in control groups of our
// own that try what the snapshot says.

#include "core/model/device_grid.h"
#include "tests/core/kernel/device_programs.h"
#include "tests/live/forked.h"
#include "tests/live/groups.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using live::collect;
using live::Forked;
using live::Groups;
using live::join;
using live::put;
using live::required;
using live::unifiedRoot;
using programs::permit;
using programs::Program;
using programs::refuse;

/// Loads a program and attaches it to a group, as runtimes do; it goes with the group.
bool attach(const Program& program, const fs::path& group) {
    const std::string bytes = programs::bytesOf(program);
    bpf_attr load{};
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insns = reinterpret_cast<__u64>(bytes.data());
    load.insn_cnt = static_cast<__u32>(program.size());
    load.license = reinterpret_cast<__u64>("GPL");
    const long loaded = ::syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
    const int directory = ::open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bpf_attr attached{};
    attached.target_fd = static_cast<__u32>(directory);
    attached.attach_bpf_fd = static_cast<__u32>(loaded);
    attached.attach_type = BPF_CGROUP_DEVICE;
    attached.attach_flags = BPF_F_ALLOW_MULTI;
    const long done = loaded < 0 ? -1 : ::syscall(SYS_bpf, BPF_PROG_ATTACH, &attached, sizeof attached);
    ::close(static_cast<int>(loaded));
    ::close(directory);
    return done == 0;
}

/// Nodes of many numbers in a directory of our own; nothing opens them.
class Nodes {
public:
    Nodes() : m_folder(fs::temp_directory_path() / ("bulkhead-nodes-" + std::to_string(::getpid()))) {
        fs::create_directories(m_folder);
        for (const bool block : {true, false}) {
            for (const unsigned major :
                 {1U, 2U, 4U, 5U, 7U, 8U, 10U, 13U, 29U, 136U, 143U, 200U, 254U, 4095U}) {
                for (const unsigned minor :
                     {0U, 1U, 2U, 3U, 5U, 7U, 8U, 9U, 11U, 229U, 255U, 256U, 1048575U}) {
                    add(block, major, minor);
                }
            }
        }
    }
    Nodes(const Nodes&) = delete;
    Nodes& operator=(const Nodes&) = delete;
    ~Nodes() { fs::remove_all(m_folder); }

    [[nodiscard]] const std::vector<model::DeviceCell>& cells() const { return m_cells; }

    /// What the kernel lets this process do to each, as bits; `w` for both at once is added as 8.
    [[nodiscard]] std::string ask() const {
        std::string answers;
        for (std::size_t i = 0; i < m_cells.size(); ++i) {
            const std::string path = pathOf(i);
            const auto may = [&](int mode) {
                return ::syscall(SYS_faccessat2, AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
            };
            unsigned bits = (may(R_OK) ? model::kDeviceRead : 0) | (may(W_OK) ? model::kDeviceWrite : 0);
            bits |= may(R_OK | W_OK) ? 8U : 0U;
            const std::string other = path + ".new";
            if (::mknod(other.c_str(), modeOf(i), deviceOf(i)) == 0) {
                bits |= model::kDeviceMknod;
                ::unlink(other.c_str());
            }
            answers += static_cast<char>('A' + bits);
        }
        return answers;
    }
    [[nodiscard]] bool complete() const { return m_complete; }

private:
    void add(bool block, unsigned major, unsigned minor) {
        m_cells.push_back({block, major, minor});
        const std::size_t i = m_cells.size() - 1;
        m_complete = ::mknod(pathOf(i).c_str(), modeOf(i), deviceOf(i)) == 0 && m_complete;
    }
    [[nodiscard]] std::string pathOf(std::size_t i) const { return (m_folder / std::to_string(i)).string(); }
    [[nodiscard]] mode_t modeOf(std::size_t i) const { return (m_cells[i].block ? S_IFBLK : S_IFCHR) | 0600; }
    [[nodiscard]] dev_t deviceOf(std::size_t i) const {
        return ::makedev(*m_cells[i].major, *m_cells[i].minor);
    }

    fs::path m_folder;
    std::vector<model::DeviceCell> m_cells;
    bool m_complete = true;
};

/// Puts a process into the groups and holds the policy that we read against what the kernel lets it do.
void expectPolicyOfKernel(const std::vector<fs::path>& groups, const Nodes& nodes, int& checked) {
    const Forked child([&](int line) {
        for (const fs::path& group : groups) {
            if (!join(group)) {
                return false;
            }
        }
        const std::string answers = nodes.ask();
        return ::write(line, answers.data(), answers.size()) == static_cast<ssize_t>(answers.size());
    });
    ASSERT_TRUE(child.ready()) << child.said().substr(0, 40);
    const auto policy = collect(child.pid()).cgroup.devicePolicy;
    ASSERT_TRUE(policy.effective.known()) << policy.effective.gap().reason;
    const model::DeviceGrid grid(policy.effective.value());
    for (std::size_t i = 0; i < nodes.cells().size(); ++i) {
        const model::DeviceCell& cell = nodes.cells()[i];
        const unsigned ours = grid.accessAt(cell);
        const unsigned kernels = static_cast<unsigned>(child.said()[i] - 'A');
        const bool both = (ours & model::kDeviceRead) != 0 && (ours & model::kDeviceWrite) != 0;
        ASSERT_EQ(ours | (both ? 8U : 0U), kernels)
            << (cell.block ? "b " : "c ") << *cell.major << ":" << *cell.minor;
        checked += 4;
    }
}

std::vector<Program> programsToTry() {
    std::vector<programs::Rule> podman = {refuse("a *:* rwm")};
    for (const auto& rule : programs::containerRules()) {
        podman.push_back(rule);
    }
    podman.push_back(permit("c 10:229 rwm"));
    return {
        programs::runc(programs::containerRules(), false),
        programs::crun(podman),
        programs::systemd({permit("c 1:3 rw"), permit("b 8:* r"), permit("c 136:* rw"), permit("b *:* m")}),
        programs::runc({refuse("c 1:1 rwm"), refuse("b 8:* rwm")}, true),
        programs::crun({permit("a *:* rwm")}),
        programs::systemd({}),
        programs::runc({permit("c *:3 r"), permit("b 7:255 rw"), permit("c 4095:1048575 rwm")}, false),
    };
}

TEST(LiveDevicePolicy, everyProgramIsWhatTheKernelMakesOfIt) {
    const fs::path unified = unifiedRoot();
    const Nodes nodes;
    if (::geteuid() != 0 || unified.empty() || !nodes.complete()) {
        ASSERT_FALSE(required()) << "needs root, mknod(2) and a cgroup v2 tree";
        GTEST_SKIP() << "needs root, mknod(2) and a cgroup v2 tree";
    }
    int checked = 0;
    for (const Program& program : programsToTry()) {
        const Groups groups(unified);
        ASSERT_TRUE(groups.made());
        ASSERT_TRUE(attach(program, groups.inner()));
        expectPolicyOfKernel({groups.inner()}, nodes, checked);
    }
    EXPECT_GT(checked, 10000);
}

TEST(LiveDevicePolicy, allProgramsUpTheTreeApplyTogether) {
    const fs::path unified = unifiedRoot();
    const Nodes nodes;
    if (::geteuid() != 0 || unified.empty() || !nodes.complete()) {
        ASSERT_FALSE(required()) << "needs root, mknod(2) and a cgroup v2 tree";
        GTEST_SKIP() << "needs root, mknod(2) and a cgroup v2 tree";
    }
    int checked = 0;
    const Groups groups(unified);
    ASSERT_TRUE(attach(
        programs::systemd({permit("c 1:* rw"), permit("c *:* m"), permit("b 7:* rwm")}), groups.top()));
    ASSERT_TRUE(attach(programs::runc(programs::containerRules(), false), groups.inner()));
    expectPolicyOfKernel({groups.inner()}, nodes, checked);
    const fs::path v1 = "/sys/fs/cgroup/devices";
    if (!fs::exists(v1 / "devices.list")) {
        return;
    }
    // Hybrid: the list of version 1 too. What is refused above is taken from the groups below by the kernel.
    const Groups lists(v1);
    for (const fs::path& group : {lists.top(), lists.inner()}) {
        ASSERT_TRUE(group == lists.top() || put(group / "devices.deny", "a"));
    }
    ASSERT_TRUE(put(lists.inner() / "devices.allow", "c 1:3 rwm"));
    ASSERT_TRUE(put(lists.inner() / "devices.allow", "c 1:5 rw"));
    ASSERT_TRUE(put(lists.inner() / "devices.allow", "b *:* m"));
    ASSERT_TRUE(put(lists.top() / "devices.deny", "c 1:5 w"));
    expectPolicyOfKernel({groups.inner(), lists.inner()}, nodes, checked);
    expectPolicyOfKernel({lists.inner()}, nodes, checked);
}

TEST(LiveDevicePolicy, aProgramThatAsksTheKernelLeavesItUnknown) {
    const fs::path unified = unifiedRoot();
    if (::geteuid() != 0 || unified.empty()) {
        ASSERT_FALSE(required()) << "needs root and a cgroup v2 tree";
        GTEST_SKIP() << "needs root and a cgroup v2 tree";
    }
    using programs::op;
    const Groups groups(unified);
    const Program asks = {
        op(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_current_uid_gid),
        op(BPF_ALU64 | BPF_AND | BPF_K, 0, 0, 0, 1), op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
    ASSERT_TRUE(attach(asks, groups.inner()));
    const Forked child([&](int) { return join(groups.inner()); });
    ASSERT_TRUE(child.ready());
    const auto policy = collect(child.pid()).cgroup.devicePolicy;
    EXPECT_EQ(policy.bpf.value(), 1);
    EXPECT_EQ(
        policy.effective.gap().reason, "device program 1 of 1: instruction 0 asks the kernel, "
                                       "and the answer is not in the program");
}

TEST(LiveLimits, theTightestGroupIsWhereForkFails) {
    const fs::path v1 = "/sys/fs/cgroup/pids";
    if (::geteuid() != 0 || !fs::exists(v1 / "cgroup.procs")) {
        GTEST_SKIP() << "needs root and the pids controller of cgroup v1";
    }
    const Groups groups(v1);
    ASSERT_TRUE(put(groups.top() / "pids.max", "9"));
    ASSERT_TRUE(put(groups.inner() / "pids.max", "50"));
    const Forked child([&](int line) {
        if (!join(groups.inner())) {
            return false;
        }
        char tasks = 'a';
        for (; tasks < 'z'; ++tasks) {
            const pid_t pid = ::fork();
            if (pid == 0) {
                ::prctl(PR_SET_PDEATHSIG, SIGKILL);
                ::pause();
            }
            if (pid < 0) {
                break;
            }
        }
        return ::write(line, &tasks, 1) == 1;
    });
    ASSERT_TRUE(child.ready());
    const auto limit = collect(child.pid()).cgroup.limits.at("pids").value();
    EXPECT_EQ(limit.value, 9U);
    EXPECT_EQ(limit.where, (groups.top() / "pids.max").string());
    EXPECT_EQ(child.said().front() - 'a' + 1, 9); // itself and what it could fork
}

TEST(LiveLimits, memoryAndProcessorsOfNestedGroups) {
    const fs::path memory = "/sys/fs/cgroup/memory";
    const fs::path cpuset = "/sys/fs/cgroup/cpuset";
    if (::geteuid() != 0 || !fs::exists(memory / "cgroup.procs") || !fs::exists(cpuset / "cgroup.procs")) {
        GTEST_SKIP() << "needs root and the controllers of cgroup v1";
    }
    const Groups sizes(memory);
    const Groups sets(cpuset);
    ASSERT_TRUE(put(sizes.top() / "memory.limit_in_bytes", "268435456"));
    ASSERT_TRUE(put(sizes.inner() / "memory.limit_in_bytes", "134217728"));
    for (const fs::path& group : {sets.top(), sets.inner()}) {
        ASSERT_TRUE(put(group / "cpuset.cpus", "0"));
        ASSERT_TRUE(put(group / "cpuset.mems", "0"));
    }
    const Forked child([&](int) { return join(sizes.inner()) && join(sets.inner()); });
    ASSERT_TRUE(child.ready());
    const auto limits = collect(child.pid()).cgroup.limits;
    EXPECT_EQ(limits.at("memory").value().value, 134217728U);
    EXPECT_EQ(limits.at("memory").value().where, (sizes.inner() / "memory.limit_in_bytes").string());
    cpu_set_t allowed;
    ASSERT_EQ(::sched_getaffinity(child.pid(), sizeof allowed, &allowed), 0);
    const bool several = ::sysconf(_SC_NPROCESSORS_ONLN) > 1;
    EXPECT_EQ(CPU_COUNT(&allowed), 1);
    EXPECT_EQ(limits.at("cpus").value().value, several ? std::optional<std::uint64_t>(1) : std::nullopt);
    EXPECT_EQ(limits.at("cpus").value().where, several ? (sets.top() / "cpuset.cpus").string() : "");
}

} // namespace
} // namespace bulkhead::kernel
