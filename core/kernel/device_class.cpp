#include "core/kernel/device_class.h"

#include "core/kernel/text.h"

#include <array>

namespace bulkhead::kernel {

using model::DeviceClass;

namespace {

/// Character devices by major, and by minor from `first` to `last`.
struct Range {
    std::uint32_t major;
    std::uint32_t first;
    std::uint32_t last;
    DeviceClass deviceClass;
};

constexpr std::uint32_t kAny = 0xFFFFFFFF;

constexpr std::array kCharacterDevices = {
    Range{1, 1, 4, DeviceClass::memory}, // mem, kmem, null is standard, port
    Range{1, 6, 6, DeviceClass::memory}, // core
    Range{1, 10, 11, DeviceClass::log},  // aio, kmsg
    Range{1, 12, 12, DeviceClass::memory},
    Range{4, 0, kAny, DeviceClass::terminal},
    Range{5, 0, kAny, DeviceClass::terminal},
    Range{6, 0, kAny, DeviceClass::other}, // printers
    Range{7, 0, kAny, DeviceClass::terminal},
    Range{9, 0, kAny, DeviceClass::disk}, // tapes
    Range{10, 1, 1, DeviceClass::input},
    Range{10, 130, 130, DeviceClass::kernel},         // watchdog
    Range{10, 144, 144, DeviceClass::kernel},         // nvram
    Range{10, 184, 184, DeviceClass::kernel},         // microcode
    Range{10, 196, 196, DeviceClass::virtualization}, // vfio
    Range{10, 200, 200, DeviceClass::network},        // tun
    Range{10, 203, 203, DeviceClass::kernel},         // cuse
    Range{10, 223, 223, DeviceClass::input},          // uinput
    Range{10, 227, 228, DeviceClass::kernel},         // mcelog, hpet
    Range{10, 229, 229, DeviceClass::kernel},         // fuse
    Range{10, 231, 231, DeviceClass::memory},         // snapshot: the image of a suspended system
    Range{10, 232, 232, DeviceClass::virtualization}, // kvm
    Range{10, 234, 234, DeviceClass::disk},           // btrfs-control
    Range{10, 235, 235, DeviceClass::kernel},         // autofs
    Range{10, 236, 237, DeviceClass::disk},           // device mapper, loop-control
    Range{10, 238, 238, DeviceClass::virtualization}, // vhost-net
    Range{10, 239, 239, DeviceClass::input},          // uhid
    Range{10, 241, 241, DeviceClass::virtualization}, // vhost-vsock
    Range{10, 242, 242, DeviceClass::kernel},         // rfkill
    Range{10, 249, 249, DeviceClass::disk},           // zfs
    Range{10, 63, 63, DeviceClass::graphics},         // vga_arbiter
    Range{13, 0, kAny, DeviceClass::input},
    Range{14, 0, kAny, DeviceClass::sound},
    Range{21, 0, kAny, DeviceClass::disk}, // SCSI generic
    Range{29, 0, kAny, DeviceClass::graphics},
    Range{81, 0, kAny, DeviceClass::graphics}, // video4linux
    Range{90, 0, kAny, DeviceClass::disk},     // memory technology devices
    Range{108, 0, kAny, DeviceClass::network}, // ppp
    Range{116, 0, kAny, DeviceClass::sound},
    Range{136, 0, kAny, DeviceClass::terminal},
    Range{166, 0, kAny, DeviceClass::terminal},
    Range{188, 0, kAny, DeviceClass::terminal},
    Range{189, 0, kAny, DeviceClass::kernel}, // raw USB devices
    Range{195, 0, kAny, DeviceClass::graphics},
    Range{202, 0, kAny, DeviceClass::kernel}, // machine-specific registers
    Range{203, 0, kAny, DeviceClass::kernel}, // cpuid
    Range{204, 0, kAny, DeviceClass::terminal},
    Range{226, 0, kAny, DeviceClass::graphics},
    Range{229, 0, kAny, DeviceClass::terminal}, // hypervisor consoles
};

/// Beginnings of the names of drivers.
struct Driver {
    std::string_view name;
    DeviceClass deviceClass;
};

constexpr std::array kDrivers = {
    Driver{"acpi", DeviceClass::kernel},
    Driver{"bsg", DeviceClass::disk},
    Driver{"btrfs", DeviceClass::disk},
    Driver{"cec", DeviceClass::graphics},
    Driver{"cpu_dma", DeviceClass::kernel},
    Driver{"cuse", DeviceClass::kernel},
    Driver{"dax", DeviceClass::memory},
    Driver{"device-mapper", DeviceClass::disk},
    Driver{"dma_heap", DeviceClass::memory},
    Driver{"drm", DeviceClass::graphics},
    Driver{"fuse", DeviceClass::kernel},
    Driver{"hidraw", DeviceClass::input},
    Driver{"hpet", DeviceClass::kernel},
    Driver{"i2c", DeviceClass::kernel},
    Driver{"iommu", DeviceClass::virtualization},
    Driver{"ipmi", DeviceClass::kernel},
    Driver{"kfd", DeviceClass::graphics},
    Driver{"kvm", DeviceClass::virtualization},
    Driver{"loop-control", DeviceClass::disk},
    Driver{"media", DeviceClass::graphics},
    Driver{"mei", DeviceClass::kernel},
    Driver{"ndctl", DeviceClass::memory},
    Driver{"macvtap", DeviceClass::network},
    Driver{"nvidia", DeviceClass::graphics},
    Driver{"nvme", DeviceClass::disk},
    Driver{"ppp", DeviceClass::network},
    Driver{"pps", DeviceClass::kernel},
    Driver{"ptp", DeviceClass::kernel},
    Driver{"rtc", DeviceClass::kernel},
    Driver{"sev", DeviceClass::virtualization},
    Driver{"sgx", DeviceClass::memory},
    Driver{"snapshot", DeviceClass::memory},
    Driver{"spi", DeviceClass::kernel},
    Driver{"tpm", DeviceClass::kernel},
    Driver{"tty", DeviceClass::terminal},
    Driver{"tun", DeviceClass::network},
    Driver{"udmabuf", DeviceClass::memory},
    Driver{"uhid", DeviceClass::input},
    Driver{"uinput", DeviceClass::input},
    Driver{"uio", DeviceClass::memory},
    Driver{"usbmon", DeviceClass::input},
    Driver{"userfaultfd", DeviceClass::kernel},
    Driver{"vfio", DeviceClass::virtualization},
    Driver{"vhost", DeviceClass::virtualization},
    Driver{"virtio", DeviceClass::virtualization},
    Driver{"vmci", DeviceClass::virtualization},
    Driver{"vsock", DeviceClass::virtualization},
    Driver{"watchdog", DeviceClass::kernel},
    Driver{"dimmctl", DeviceClass::memory},
    Driver{"vga_arbiter", DeviceClass::graphics},
};

/// "NUMBER NAME" lines; others are passed over.
void addDriver(std::string_view line, std::map<std::uint32_t, std::string>& drivers) {
    const auto words = wordsOf(line);
    const auto number = words.size() == 2 ? numberOf<std::uint32_t>(words[0]) : std::nullopt;
    if (number) {
        drivers.emplace(*number, words[1]);
    }
}

} // namespace

DeviceClass deviceClassNamed(std::string_view driver) {
    for (const Driver& known : kDrivers) {
        if (driver.starts_with(known.name)) {
            return known.deviceClass;
        }
    }
    return DeviceClass::other;
}

std::map<std::uint32_t, std::string> parseCharacterDrivers(std::string_view text) {
    std::map<std::uint32_t, std::string> drivers;
    for (const std::string_view line : linesOf(text)) {
        if (line.starts_with("Block devices:")) {
            break;
        }
        addDriver(line, drivers);
    }
    return drivers;
}

std::map<std::uint32_t, std::string> parseMiscDrivers(std::string_view text) {
    std::map<std::uint32_t, std::string> drivers;
    for (const std::string_view line : linesOf(text)) {
        addDriver(line, drivers);
    }
    return drivers;
}

DeviceClass deviceClassOf(bool block, std::uint32_t major, std::uint32_t minor) {
    if (block) {
        return DeviceClass::disk;
    }
    for (const Range& range : kCharacterDevices) {
        if (range.major == major && range.first <= minor && minor <= range.last) {
            return range.deviceClass;
        }
    }
    return DeviceClass::other;
}

bool isStandardDevice(bool block, std::uint32_t major, std::uint32_t minor) {
    const bool memory = major == 1 && (minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9);
    const bool terminal = major == 5 && (minor == 0 || minor == 2);
    return !block && (memory || terminal);
}

} // namespace bulkhead::kernel
