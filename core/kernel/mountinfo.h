#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// One line of mountinfo (proc(5)), unescaped: every string is bytes of whoever mounted.
struct MountEntry {
    std::int64_t id = 0;
    std::int64_t parent = 0;
    std::string device; ///< "8:1"
    std::string root;   ///< without the "//deleted" of a source that is gone
    std::string target;
    std::vector<std::string> options;
    std::optional<std::int64_t> shared;
    std::optional<std::int64_t> master;
    bool unbindable = false;
    bool deleted = false;
    std::string fsType;
    std::string source;
    std::vector<std::string>
        superOptions; ///< as they stand: a file system escapes within them by its own rules

    [[nodiscard]] bool has(std::string_view option) const;
    /// By its mount or by its superblock.
    [[nodiscard]] bool readOnly() const;
    [[nodiscard]] std::string propagation() const; ///< private, shared, slave, "shared,slave", unbindable

    bool operator==(const MountEntry&) const = default;
};

inline constexpr std::size_t kMaxMounts = 100000; // fs.mount-max as the kernel ships it

/// Malformed names the line: "mountinfo line 7: fewer than 10 fields".
[[nodiscard]] base::Result<std::vector<MountEntry>> parseMountinfo(std::string_view text);

/// `\040` and its like (fs/seq_file.c mangle_path): a backslash and three octal digits are a byte, every
/// other backslash stands for itself.
[[nodiscard]] std::string unescapeOctal(std::string_view text);

} // namespace bulkhead::kernel
