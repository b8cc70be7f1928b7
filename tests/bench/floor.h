#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bulkhead::bench {

/// One look at a file that a program took: what kind of call, and where.
struct FileCall {
    enum class Kind { read, link, look } kind = Kind::read;
    std::string path;
    std::int64_t flags = 0;
};

/// The files that `work` opens, reads links of and looks at, in order, as its system calls tell: it runs in a
/// child of ours under ptrace(2).
[[nodiscard]] std::vector<FileCall> recordFileCalls(const std::function<void()>& work);

/// The same files by bare system calls: open, read to the end, close. Bytes that were read.
std::size_t replay(const std::vector<FileCall>& calls);

/// The naive floor of a sweep: of every process what a sweep reads (stat, status, cgroup, uid_map, the links
/// of its namespaces and root, and where it looks at mounts mountinfo), nothing shared, nothing parsed. Bytes
/// that were read.
std::size_t readEveryProcess(bool mounts);

} // namespace bulkhead::bench
