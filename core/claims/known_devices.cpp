#include "core/claims/known_devices.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace bulkhead::claims {

namespace {

/// A family of nodes: "/dev/sd" and a letter or a number.
struct Family {
    std::string_view begin;
    enum class Tail { none, letter, number } tail;
    char type;
    std::uint32_t major;
    std::uint32_t firstMinor;
    std::uint32_t step; ///< minors from one to the next
    std::uint32_t mode;
    std::uint32_t gid; ///< 6 disk, 20 dialout, 44 video: as Debian and most others number them
};

using enum Family::Tail;
constexpr std::uint32_t kDisk = 6;
constexpr std::uint32_t kDialout = 20;
constexpr std::uint32_t kVideo = 44;

constexpr auto kFamilies = std::to_array<Family>({
    {"/dev/sd", letter, 'b', 8, 0, 16, 0660, kDisk},
    {"/dev/hd", letter, 'b', 3, 0, 64, 0660, kDisk},
    {"/dev/vd", letter, 'b', 254, 0, 16, 0660, kDisk},
    {"/dev/xvd", letter, 'b', 202, 0, 16, 0660, kDisk},
    {"/dev/nvme", number, 'b', 259, 0, 16, 0660, kDisk},
    {"/dev/mmcblk", number, 'b', 179, 0, 8, 0660, kDisk},
    {"/dev/dm-", number, 'b', 253, 0, 1, 0660, kDisk},
    {"/dev/md", number, 'b', 9, 0, 1, 0660, kDisk},
    {"/dev/loop", number, 'b', 7, 0, 1, 0660, kDisk},
    {"/dev/sr", number, 'b', 11, 0, 1, 0660, kDisk},
    {"/dev/mem", none, 'c', 1, 1, 0, 0640, 15},
    {"/dev/kmsg", none, 'c', 1, 11, 0, 0644, 0},
    {"/dev/ttyS", number, 'c', 4, 64, 1, 0660, kDialout},
    {"/dev/ttyUSB", number, 'c', 188, 0, 1, 0660, kDialout},
    {"/dev/ttyACM", number, 'c', 166, 0, 1, 0660, kDialout},
    {"/dev/kvm", none, 'c', 10, 232, 0, 0666, 0},
    {"/dev/fuse", none, 'c', 10, 229, 0, 0666, 0},
    {"/dev/net/tun", none, 'c', 10, 200, 0, 0666, 0},
    {"/dev/vhost-net", none, 'c', 10, 238, 0, 0600, 0},
    {"/dev/loop-control", none, 'c', 10, 237, 0, 0660, kDisk},
    {"/dev/uinput", none, 'c', 10, 223, 0, 0600, 0},
    {"/dev/rtc", number, 'c', 252, 0, 1, 0600, 0},
    {"/dev/dri/card", number, 'c', 226, 0, 1, 0660, kVideo},
    {"/dev/dri/renderD", number, 'c', 226, 0, 1, 0666, 0},
    {"/dev/video", number, 'c', 81, 0, 1, 0660, kVideo},
    {"/dev/nvidia", number, 'c', 195, 0, 1, 0666, 0},
    {"/dev/nvidiactl", none, 'c', 195, 255, 0, 0666, 0},
});

bool isDigit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// The number at the start of a text, which loses it; nothing where there is none.
std::optional<std::uint32_t> takeNumber(std::string_view& text) {
    constexpr std::size_t kMostDigits = 4;
    const auto end = std::ranges::find_if_not(text, isDigit);
    const auto digits = static_cast<std::size_t>(end - text.begin());
    if (digits == 0 || digits > kMostDigits) {
        return std::nullopt;
    }
    const auto number = static_cast<std::uint32_t>(std::stoul(std::string(text.substr(0, digits))));
    text.remove_prefix(digits);
    return number;
}

/// Which one of the family, by what follows: "a" of /dev/sda, "0" of /dev/nvme0n1.
std::optional<std::uint32_t> takePlace(const Family& family, std::string_view& rest) {
    if (family.tail == none) {
        return 0;
    }
    if (family.tail == number) {
        return takeNumber(rest);
    }
    if (rest.empty() || rest.front() < 'a' || rest.front() > 'z') {
        return std::nullopt;
    }
    const auto place = static_cast<std::uint32_t>(rest.front() - 'a');
    rest.remove_prefix(1);
    return place;
}

/// The partition: "1" of /dev/sda1, "n1p2" of /dev/nvme0n1p2, "p1" of /dev/mmcblk0p1. 0 is the whole disk.
std::optional<std::uint32_t> takePart(const Family& family, std::string_view rest) {
    if (rest.empty()) {
        return 0;
    }
    if (family.type != 'b' || family.step <= 1) {
        return std::nullopt;
    }
    if (family.begin == "/dev/nvme") {
        rest.remove_prefix(1);
        if (!takeNumber(rest)) {
            return std::nullopt;
        }
    }
    if (rest.empty()) {
        return 0;
    }
    if (rest.front() == 'p') {
        rest.remove_prefix(1);
    }
    const auto part = takeNumber(rest);
    return rest.empty() && part && *part < family.step ? part : std::nullopt;
}

std::optional<AskedDevice> memberOf(const Family& family, std::string_view path) {
    std::string_view rest = path.substr(family.begin.size());
    const auto place = takePlace(family, rest);
    const bool node = family.begin == "/dev/nvme" && !rest.starts_with('n'); // nvme0 is the controller
    if (!place || node) {
        return std::nullopt;
    }
    const auto part = takePart(family, rest);
    if (!part) {
        return std::nullopt;
    }
    const std::uint32_t minor = family.firstMinor + *place * family.step + *part;
    return AskedDevice{std::string(path), family.type, family.major, minor, family.mode, 0, family.gid};
}

} // namespace

std::optional<AskedDevice> deviceNamed(std::string_view path) {
    for (const Family& family : kFamilies) {
        if (path.starts_with(family.begin)) {
            if (auto device = memberOf(family, path)) {
                return device;
            }
        }
    }
    return std::nullopt;
}

} // namespace bulkhead::claims
