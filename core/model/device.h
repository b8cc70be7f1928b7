#pragma once

#include "core/model/table.h"

#include <cstdint>
#include <string>

namespace bulkhead::model {

/// What a device node can do to the host.
enum class DeviceClass {
    disk,
    memory,
    kernel,
    virtualization,
    input,
    terminal,
    network,
    log,
    sound,
    graphics,
    other
};

template <>
struct Names<DeviceClass> {
    static constexpr std::array names{
        std::pair{DeviceClass::disk, std::string_view("disk")},
        std::pair{DeviceClass::memory, std::string_view("memory")},
        std::pair{DeviceClass::kernel, std::string_view("kernel")},
        std::pair{DeviceClass::virtualization, std::string_view("virtualization")},
        std::pair{DeviceClass::input, std::string_view("input")},
        std::pair{DeviceClass::terminal, std::string_view("terminal")},
        std::pair{DeviceClass::network, std::string_view("network")},
        std::pair{DeviceClass::log, std::string_view("log")},
        std::pair{DeviceClass::sound, std::string_view("sound")},
        std::pair{DeviceClass::graphics, std::string_view("graphics")},
        std::pair{DeviceClass::other, std::string_view("other")},
    };
};

/// A device node of the container beyond the standard set (null zero full random urandom tty ptmx console
/// pts).
struct Device {
    std::string path;
    std::string type; ///< "block" or "char"
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t mode = 0; ///< permission bits
    std::uint32_t uid = 0;  ///< owner in the host's numbering
    std::uint32_t gid = 0;
    DeviceClass deviceClass = DeviceClass::other;
    bool hostDisk = false;

    [[nodiscard]] const std::string& key() const { return path; }
    auto operator<=>(const Device&) const = default;
};

template <>
struct Table<Device> {
    static constexpr auto rows = rowsOf(
        Row{"path", &Device::path, "path in the container", Compare::identity},
        Row{"type", &Device::type, "block or char", Compare::content, Order::unordered},
        Row{"major", &Device::major, "major number", Compare::content, Order::unordered},
        Row{"minor", &Device::minor, "minor number", Compare::content, Order::unordered},
        Row{"mode", &Device::mode, "permission bits", Compare::content, Order::moreIsWeaker},
        Row{"uid", &Device::uid, "owner, host numbering", Compare::identity},
        Row{"gid", &Device::gid, "group, host numbering", Compare::identity},
        Row{"class", &Device::deviceClass, "what the device can do to the host", Compare::content,
            Order::unordered},
        Row{"hostDisk", &Device::hostDisk, "a block device of the host", Compare::content,
            Order::trueIsWeaker});
};

/// A control socket of a container runtime within reach.
struct RuntimeSocket {
    std::string kind; ///< docker, containerd, crio, podman
    std::string path;
    std::string viaMount;
    std::uint32_t owner = 0; ///< host uid
    std::uint32_t mode = 0;
    bool connectable = false;

    [[nodiscard]] const std::string& key() const { return path; }
    auto operator<=>(const RuntimeSocket&) const = default;
};

template <>
struct Table<RuntimeSocket> {
    static constexpr auto rows = rowsOf(
        Row{"kind", &RuntimeSocket::kind, "docker, containerd, crio, podman", Compare::content,
            Order::unordered},
        Row{"path", &RuntimeSocket::path, "path in the container", Compare::identity},
        Row{"viaMount", &RuntimeSocket::viaMount, "mount that brings it in", Compare::identity},
        Row{"owner", &RuntimeSocket::owner, "owner, host numbering", Compare::identity},
        Row{"mode", &RuntimeSocket::mode, "permission bits", Compare::content, Order::moreIsWeaker},
        Row{"connectable", &RuntimeSocket::connectable, "the process's ids may connect", Compare::content,
            Order::trueIsWeaker});
};

} // namespace bulkhead::model
