#pragma once

#include "core/kernel/reading.h"
#include "core/os/fd.h"
#include "core/os/proc_root.h"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// One process, pinned: a descriptor of its /proc directory, which never becomes another process (reads give
/// ESRCH once it is gone). Everything about the target is read through it.
class Task {
public:
    /// NotFound where there is no such process; Denied where /proc hides it (proc(5), hidepid).
    [[nodiscard]] static base::Result<Task> open(const os::ProcRoot& root, std::int64_t pid);
    /// For a sweep: by an opened /proc, and nothing but the errno where it cannot be opened.
    [[nodiscard]] static std::expected<Task, int> openIn(const os::Fd& proc, std::int64_t pid, bool live);
    /// Ourselves, /proc/self.
    [[nodiscard]] static base::Result<Task> openSelf(const os::ProcRoot& root);

    /// One thread of this pinned process, pinned too: task/THREAD. The errno where it cannot be opened.
    [[nodiscard]] std::expected<Task, int> openThread(std::int64_t thread) const;

    [[nodiscard]] Reading<os::Fd> openFile(const std::string& name, int flags) const;
    [[nodiscard]] Reading<std::string> read(const std::string& name) const;
    /// The text of a symbolic link, not followed; on a captured tree the text of a file.
    [[nodiscard]] Reading<std::string> readLink(const std::string& name) const;

    /// Names in a directory ("task"), sorted; at most 100,000.
    [[nodiscard]] Reading<std::vector<std::string>> list(const std::string& name) const;

    /// "/proc/12/status CapEff", whatever folder stands for /proc.
    [[nodiscard]] std::string source(std::string_view name) const;
    [[nodiscard]] bool live() const { return m_live; }
    /// Of its /proc directory, for readers with a buffer of their own; stays ours.
    [[nodiscard]] int descriptor() const { return m_directory.get(); }

private:
    Task(os::Fd directory, std::string name, bool live)
        : m_directory(std::move(directory)), m_name(std::move(name)), m_live(live) {}

    os::Fd m_directory;
    std::string m_name; ///< "12" or "self"
    bool m_live = true;
};

} // namespace bulkhead::kernel
