#include "core/kernel/machine.h"

#include "core/base/bytes.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace bulkhead::kernel {

namespace fs = std::filesystem;

std::optional<fs::path> placeOf(const os::ProcRoot& root, std::string_view path) {
    const auto below = [&](std::string_view top, const fs::path& folder) -> std::optional<fs::path> {
        if (path == top) {
            return folder;
        }
        if (path.starts_with(top) && path[top.size()] == '/') {
            return folder / path.substr(top.size() + 1);
        }
        return std::nullopt;
    };
    for (const auto& [top, folder] :
         {std::pair{std::string_view("/proc"), &root.proc}, std::pair{std::string_view("/sys"), &root.sys},
          std::pair{std::string_view("/etc"), &root.etc}}) {
        if (auto place = below(top, *folder)) {
            return place;
        }
    }
    return root.live ? std::optional(fs::path(path)) : std::nullopt;
}

Reading<std::string> readMachineFile(const os::ProcRoot& root, const std::string& path) {
    const std::string name = base::textFromBytes(path);
    const auto place = placeOf(root, path);
    if (!place) {
        return std::unexpected(failureOf(ENOENT, name));
    }
    const auto fd = os::tryOpenAt(AT_FDCWD, place->string(), O_RDONLY | O_NONBLOCK);
    if (!fd) {
        return std::unexpected(failureOf(fd.error(), name, "root"));
    }
    auto content = os::tryReadAll(*fd);
    if (!content) {
        return std::unexpected(failureOf(content.error(), name, "root"));
    }
    return std::move(*content);
}

Reading<std::string> readMachineValue(const os::ProcRoot& root, const std::string& path) {
    auto text = readMachineFile(root, path);
    if (text) {
        *text = base::textFromBytes(trimmed(*text));
    }
    return text;
}

bool machineHas(const os::ProcRoot& root, std::string_view path) {
    const auto place = placeOf(root, path);
    if (!place) {
        return false;
    }
    const int missing = ::faccessat(AT_FDCWD, place->c_str(), F_OK, AT_SYMLINK_NOFOLLOW);
    return missing == 0 || (errno != ENOENT && errno != ENOTDIR);
}

} // namespace bulkhead::kernel
