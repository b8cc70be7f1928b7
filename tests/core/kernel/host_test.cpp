#include "core/kernel/collect.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;

/// A composed tree of the machine's own settings.
class Settings {
public:
    Settings() : m_folder(fs::temp_directory_path() / ("bulkhead-settings-" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
        write("user/max_user_namespaces", "63000\n");
    }
    Settings(const Settings&) = delete;
    Settings& operator=(const Settings&) = delete;
    ~Settings() { fs::remove_all(m_folder); }

    void write(const std::string& name, const std::string& text) const {
        const fs::path place = m_folder / "proc/sys" / name;
        fs::create_directories(place.parent_path());
        std::ofstream(place) << text;
    }
    /// A switch that is there and gives an errno other than ENOENT, to root too (EISDIR).
    void refuse(const std::string& name) const {
        fs::remove(m_folder / "proc/sys" / name);
        fs::create_directories(m_folder / "proc/sys" / name);
    }
    [[nodiscard]] model::Host host() const { return readHost(os::ProcRoot::captured(m_folder)); }

private:
    fs::path m_folder;
};

// Documentation/admin-guide/LSM/Yama.rst: 0 classic, 1 restricted, 2 admin-only, 3 no attach; no file without
// Yama.
TEST(Host, yamaIsItsNumberOrAbsent) {
    const Settings machine;
    EXPECT_EQ(machine.host().yama.value(), "absent");
    for (const char* scope : {"0", "1", "2", "3"}) {
        machine.write("kernel/yama/ptrace_scope", std::string(scope) + "\n");
        EXPECT_EQ(machine.host().yama.value(), scope);
    }
    machine.refuse("kernel/yama/ptrace_scope");
    EXPECT_EQ(machine.host().yama.gap().reason, "/proc/sys/kernel/yama/ptrace_scope: EISDIR");
}

// Debian's kernel.unprivileged_userns_clone and Ubuntu's kernel.apparmor_restrict_unprivileged_userns.
TEST(Host, userNamespacesAreOpenWhereNoSwitchClosesThem) {
    const Settings machine;
    const auto open = [&] { return machine.host().userns.unprivileged; };
    EXPECT_TRUE(open().value());
    machine.write("kernel/unprivileged_userns_clone", "0\n");
    EXPECT_FALSE(open().value());
    machine.write("kernel/unprivileged_userns_clone", "1\n");
    machine.write("kernel/apparmor_restrict_unprivileged_userns", "1\n");
    EXPECT_FALSE(open().value());
    machine.write("kernel/apparmor_restrict_unprivileged_userns", "0\n");
    EXPECT_TRUE(open().value());
    machine.write("user/max_user_namespaces", "0\n");
    EXPECT_FALSE(open().value());
}

TEST(Host, aSwitchThatCannotBeReadDoesNotReadAsAllowed) {
    for (const char* name : {"unprivileged_userns_clone", "apparmor_restrict_unprivileged_userns"}) {
        const Settings machine;
        machine.refuse(std::string("kernel/") + name);
        const auto unprivileged = machine.host().userns.unprivileged;
        ASSERT_TRUE(unprivileged.unreadable()) << name;
        EXPECT_EQ(unprivileged.gap().reason, std::string("/proc/sys/kernel/") + name + ": EISDIR");
        machine.write("user/max_user_namespaces", "0\n");
        EXPECT_FALSE(machine.host().userns.unprivileged.value()); // closed whatever the switch says
    }
}

} // namespace
} // namespace bulkhead::kernel
