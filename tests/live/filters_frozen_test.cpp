// Filters of processes that a freezer holds: only the second version lets a tracer in.

#include "core/kernel/freezer.h"
#include "filtered.h"

#include <csignal>
#include <filesystem>

namespace bulkhead::kernel {
namespace {

/// A control group of a hierarchy mounted here, gone with the object.
class Group {
public:
    explicit Group(const std::filesystem::path& mount)
        : m_path(mount / ("bulkhead-filters-" + std::to_string(::getpid()))) {
        std::error_code error;
        m_made = std::filesystem::exists(mount / "cgroup.procs", error) &&
                 std::filesystem::create_directory(m_path, error);
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    ~Group() {
        for (int i = 0; m_made && i < 1000 && ::rmdir(m_path.c_str()) != 0; ++i) {
            ::usleep(1000);
        }
    }

    [[nodiscard]] bool made() const { return m_made; }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream(m_path / file) << text;
    }
    [[nodiscard]] std::string read(const std::string& file) const {
        std::string line;
        std::ifstream(m_path / file) >> line;
        return line;
    }

private:
    std::filesystem::path m_path;
    bool m_made = false;
};

Reading<bool> frozenOf(pid_t pid) {
    const auto task = Task::open(kMachine, pid);
    return isHeldByOldFreezer(
        kMachine, parsed(task->read("cgroup"), parseCgroupFile),
        readHostMounts(kMachine, readHostReference(kMachine)));
}

TEST(LiveFilters, aTargetFrozenByTheFirstFreezerIsLeftAlone) {
    const Group group("/sys/fs/cgroup/freezer");
    if (!group.made()) {
        GTEST_SKIP() << "no version 1 freezer at /sys/fs/cgroup/freezer";
    }
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    group.write("cgroup.procs", std::to_string(target.pid()));
    EXPECT_EQ(frozenOf(target.pid()).value(), false);
    group.write("freezer.state", "FROZEN");
    for (int i = 0; i < 1000 && group.read("freezer.state") != "FROZEN"; ++i) {
        ::usleep(1000);
    }
    const auto frozen = frozenOf(target.pid());
    ASSERT_TRUE(frozen);
    EXPECT_TRUE(*frozen);
    const auto live = readOf(target.pid(), frozen);
    ASSERT_FALSE(live);
    EXPECT_EQ(
        live.error().why.reason,
        "paused: the version 1 freezer holds the process, it cannot stop for a reader");
    const auto unseen = readOf(target.pid(), std::unexpected(Failure{0, {"not mounted", ""}}));
    ASSERT_FALSE(unseen);
    EXPECT_EQ(
        unseen.error().why.reason,
        "the process sleeps uninterruptibly, and whether the version 1 freezer holds "
        "it is not known (not mounted)");
    EXPECT_EQ(field(target.pid(), "TracerPid"), "0");
    group.write("freezer.state", "THAWED");
    expectRunning(target);
    EXPECT_TRUE(readOf(target.pid(), frozenOf(target.pid())));
    target.end();
}

TEST(LiveFilters, aTargetFrozenByTheSecondFreezerIsRead) {
    const std::filesystem::path unified =
        std::filesystem::exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
    const Group group(unified);
    if (!group.made()) {
        GTEST_SKIP() << "no version 2 control groups";
    }
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    group.write("cgroup.procs", std::to_string(target.pid()));
    group.write("cgroup.freeze", "1");
    ::usleep(50000);
    const std::uint64_t before = target.shared().turns;
    const auto live = readOf(target.pid(), frozenOf(target.pid()));
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_EQ(live->widest.filters.size(), 1U);
    ::usleep(20000);
    EXPECT_EQ(target.shared().turns, before) << "the freeze was lifted";
    group.write("cgroup.freeze", "0");
    expectRunning(target);
    target.end();
}

} // namespace
} // namespace bulkhead::kernel
