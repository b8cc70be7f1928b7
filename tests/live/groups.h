#pragma once

#include "core/kernel/collect.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace bulkhead::live {

namespace fs = std::filesystem;

/// A machine of CI must be able to do what the test needs.
inline bool required() {
    return ::getenv("BULKHEAD_REQUIRE_ENGINES") != nullptr;
}

inline model::Snapshot collect(pid_t pid) {
    const os::ProcRoot machine;
    auto snapshot = kernel::collectSnapshot(machine, pid, kernel::readHostReference(machine));
    EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
    return snapshot ? *snapshot : model::Snapshot{};
}

inline bool put(const fs::path& file, const std::string& text) {
    std::ofstream out(file);
    out << text << std::flush;
    return out.good();
}

inline fs::path unifiedRoot() {
    for (const char* const path : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
        if (fs::exists(fs::path(path) / "cgroup.controllers")) {
            return path;
        }
    }
    return {};
}

/// A control group and one in it, removed with the object; the processes in them must be gone by then.
class Groups {
public:
    explicit Groups(const fs::path& hierarchy)
        : m_top(hierarchy / ("bulkhead-test-" + std::to_string(::getpid()))) {
        std::error_code error;
        m_made = fs::create_directory(m_top, error) && fs::create_directory(inner(), error);
    }
    Groups(const Groups&) = delete;
    Groups& operator=(const Groups&) = delete;
    ~Groups() {
        for (int i = 0; i < 100 && ::rmdir(inner().c_str()) != 0 && errno == EBUSY; ++i) {
            ::usleep(20000); // a killed process leaves a moment later
        }
        ::rmdir(m_top.c_str());
    }

    [[nodiscard]] bool made() const { return m_made; }
    [[nodiscard]] const fs::path& top() const { return m_top; }
    [[nodiscard]] fs::path inner() const { return m_top / "inner"; }

private:
    fs::path m_top;
    bool m_made = false;
};

inline bool join(const fs::path& group) {
    return put(group / "cgroup.procs", std::to_string(::getpid()));
}

} // namespace bulkhead::live
