#include "core/lab/rootfs.h"

#include "core/base/bytes.h"
#include "core/base/sha256.h"
#include "core/lab/place.h"
#include "core/os/file.h"
#include "core/os/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Status;

namespace {

/// The commands one expects in a small image; busybox acts on the name it is called by.
constexpr std::array<std::string_view, 36> kCommands = {
    "ash",   "cat",  "chmod", "chown", "chroot", "cp",     "date",     "dd", "df",
    "dmesg", "echo", "env",   "find",  "grep",   "head",   "hostname", "id", "ip",
    "kill",  "ln",   "ls",    "mkdir", "mknod",  "mount",  "mv",       "ps", "pwd",
    "rm",    "sh",   "sleep", "stat",  "touch",  "umount", "uname",    "vi", "wget"};

constexpr std::array<std::string_view, 12> kFolders = {"bin",  "dev", "etc", "home", "mnt", "proc",
                                                       "root", "run", "sys", "tmp",  "usr", "var"};

Status fail(const std::error_code& error, const fs::path& path) {
    return error ? base::failErrno(error.value(), path.string()) : Status{};
}

/// A program that names no interpreter needs no library (elf(5), PT_INTERP).
Status checkStatic(const fs::path& program, const std::string& remedy) {
    std::error_code error;
    if (!fs::is_regular_file(program, error)) {
        return base::fail(ErrorKind::notFound, program.string() + ": no such program; " + remedy);
    }
    const auto bytes = os::readFile(program);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    Elf64_Ehdr head{};
    if (bytes->size() < sizeof head || !bytes->starts_with(ELFMAG)) {
        return base::fail(ErrorKind::unsupported, program.string() + ": not an ELF program; " + remedy);
    }
    std::memcpy(&head, bytes->data(), sizeof head);
    for (std::size_t i = 0; i < head.e_phnum; ++i) {
        Elf64_Phdr segment{};
        const std::size_t at = head.e_phoff + i * sizeof segment;
        if (at > bytes->size() || bytes->size() - at < sizeof segment) {
            return base::fail(ErrorKind::unsupported, program.string() + ": a truncated ELF program");
        }
        std::memcpy(&segment, bytes->data() + at, sizeof segment);
        if (segment.p_type == PT_INTERP) {
            return base::fail(
                ErrorKind::unsupported, program.string() + ": not statically linked; " + remedy);
        }
    }
    return {};
}

/// "busybox 1.35.0" from the banner "BusyBox v1.35.0 (Debian ...)".
std::string busyboxRef(const fs::path& busybox) {
    os::Command command;
    command.arguments = {busybox.string()};
    command.timeout = std::chrono::seconds(5);
    const auto finished = os::runCommand(command);
    constexpr std::string_view kBanner = "BusyBox v";
    const std::string text = finished ? finished->output + finished->error : "";
    const std::size_t at = text.find(kBanner);
    if (at == std::string::npos) {
        return "busybox";
    }
    const std::size_t from = at + kBanner.size();
    const std::size_t end = text.find_first_of(" \n", from);
    return "busybox " + base::textFromBytes(text.substr(from, std::min<std::size_t>(end - from, 32)));
}

Status addProgram(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::copy_file(from, to, error);
    if (!error) {
        fs::permissions(to, fs::perms(0755), error);
    }
    return fail(error, to);
}

Status addText(const fs::path& file, std::string_view text) {
    return os::writeFileAtomically(file, text);
}

/// Adds names, kinds, modes and content in the order of names; owners differ between copies.
Status addToDigest(base::Sha256& hash, const fs::path& folder, const std::string& shown) {
    const auto names = os::listDirectory(folder);
    if (!names) {
        return std::unexpected(names.error());
    }
    for (const std::string& name : *names) {
        const fs::path path = folder / name;
        struct stat info{};
        if (::lstat(path.c_str(), &info) != 0) {
            return base::failErrno(errno, path.string());
        }
        std::error_code error;
        std::string content;
        if (S_ISLNK(info.st_mode)) {
            content = fs::read_symlink(path, error).string();
        } else if (S_ISREG(info.st_mode)) {
            auto text = os::readFile(path);
            if (!text) {
                return std::unexpected(text.error());
            }
            content = std::move(*text);
        }
        std::string where = shown;
        where.append("/").append(name);
        hash.add(where + '\0' + std::to_string(info.st_mode) + '\0' + std::to_string(content.size()) + '\0');
        hash.add(content);
        if (auto below = S_ISDIR(info.st_mode) ? addToDigest(hash, path, where) : Status{}; !below) {
            return below;
        }
    }
    return {};
}

Status fillImage(const fs::path& busybox, const fs::path& probe, const fs::path& folder) {
    for (const std::string_view name : kFolders) {
        if (auto made = makeFolder(folder / name, name == "tmp" ? 01777 : 0755); !made) {
            return made;
        }
    }
    std::error_code error;
    for (const std::string_view name : kCommands) {
        fs::create_symlink("busybox", folder / "bin" / name, error);
    }
    Status done = fail(error, folder / "bin");
    for (const auto& step :
         {addProgram(busybox, folder / "bin/busybox"), addProgram(probe, folder / "bulkhead-probe"),
          addText(
              folder / "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                                     "nobody:x:65534:65534:nobody:/home:/bin/false\n"),
          addText(folder / "etc/group", "root:x:0:\nnogroup:x:65534:\n")}) {
        done = done ? step : done;
    }
    return done;
}

Status giveTo(const fs::path& path, std::uint32_t uid, std::uint32_t gid) {
    return ::lchown(path.c_str(), uid, gid) == 0 ? Status{} : base::failErrno(errno, path.string());
}

} // namespace

Status checkImagePrograms(const fs::path& busybox, const fs::path& probe) {
    auto checked = checkStatic(busybox, "apt-get install busybox-static brings it");
    return checked ? checkStatic(probe, "cmake --build builds bulkhead-probe beside bulkhead") : checked;
}

base::Result<RootImage>
makeRootImage(const fs::path& busybox, const fs::path& probe, const fs::path& folder) {
    Status made = makeFolder(folder, 0755);
    made = made ? fillImage(busybox, probe, folder) : made;
    base::Sha256 hash;
    made = made ? addToDigest(hash, folder, "") : made;
    if (!made) {
        return std::unexpected(made.error().in("the root file system"));
    }
    return RootImage{folder, busyboxRef(busybox), "sha256:" + hash.finish()};
}

Status copyRootImage(const RootImage& image, const fs::path& to, std::uint32_t uid, std::uint32_t gid) {
    std::error_code error;
    fs::copy(image.folder, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
    if (error) {
        return fail(error, to);
    }
    Status given = giveTo(to, uid, gid);
    for (auto it = fs::recursive_directory_iterator(to, error);
         !error && given && it != fs::recursive_directory_iterator(); it.increment(error)) {
        given = giveTo(it->path(), uid, gid);
    }
    return given ? fail(error, to) : given;
}

base::Result<std::string>
archiveRootImage(const RootImage& image, const fs::path& file, const std::string& searchPath) {
    const auto tar = os::findProgram("tar", searchPath);
    if (!tar) {
        return base::fail(ErrorKind::notFound, "tar: not installed; apt-get install tar brings it");
    }
    os::Command command;
    command.arguments = {tar->string(), "--owner=0",           "--group=0", "--numeric-owner", "--sort=name",
                         "-C",          image.folder.string(), "-cf",       file.string(),     "."};
    command.environment = {"PATH=" + searchPath, "LC_ALL=C"};
    const auto finished = os::runCommand(command);
    if (!finished) {
        return std::unexpected(finished.error());
    }
    if (finished->exitCode != 0) {
        return base::fail(ErrorKind::io, "tar: " + base::textFromBytes(finished->error));
    }
    auto bytes = os::readFile(file);
    std::error_code error;
    fs::remove(file, error);
    return bytes;
}

Status makeLabDirectory(const fs::path& path, std::uint32_t owner) {
    Status made = makeFolder(path, 0755);
    made = made ? os::writeFileAtomically(
                      path / "README", "This folder of the lab stands in for a folder of the host.\n")
                : made;
    return made ? giveTo(path, owner, owner) : made;
}

} // namespace bulkhead::lab
