#include "core/diagram/palette.h"

#include <array>

namespace bulkhead::diagram {

namespace {

constexpr Colour rgb(std::uint32_t value) {
    return {
        static_cast<std::uint8_t>(value >> 16U), static_cast<std::uint8_t>(value >> 8U),
        static_cast<std::uint8_t>(value)};
}

constexpr Palette kLight = {
    .canvas = rgb(0xffffff),
    .panel = rgb(0xf5f7f6),
    .ink = rgb(0x121417),
    .muted = rgb(0x56615d),
    .line = rgb(0x7a8682),
    .boundary = rgb(0x174b43),
    .weaker = {rgb(0xd8512a), rgb(0xfff1eb), rgb(0xa83a17), rgb(0xffffff)},
    .stronger = {rgb(0x174b43), rgb(0xedf7f4), rgb(0x174b43), rgb(0xffffff)},
    .neutral = {rgb(0x4a5a8a), rgb(0xeff1f8), rgb(0x4a5a8a), rgb(0xffffff)},
};

constexpr Palette kDark = {
    .canvas = rgb(0x121417),
    .panel = rgb(0x1a1e21),
    .ink = rgb(0xe9efed),
    .muted = rgb(0xa6b1ad),
    .line = rgb(0x6f7b78),
    .boundary = rgb(0x86d8c6),
    .weaker = {rgb(0xf0713f), rgb(0x3b1c11), rgb(0xffa27c), rgb(0x121417)},
    .stronger = {rgb(0x86d8c6), rgb(0x12302b), rgb(0x86d8c6), rgb(0x121417)},
    .neutral = {rgb(0xa9b7ee), rgb(0x222a40), rgb(0xa9b7ee), rgb(0x121417)},
};

} // namespace

std::string Colour::hex() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "#";
    for (const unsigned channel : {unsigned{red}, unsigned{green}, unsigned{blue}}) {
        out += kDigits[channel >> 4U];
        out += kDigits[channel & 0xFU];
    }
    return out;
}

const MarkColours& Palette::of(Mark mark) const {
    if (mark == Mark::weaker) {
        return weaker;
    }
    return mark == Mark::stronger ? stronger : neutral;
}

const Palette& lightPalette() {
    return kLight;
}

const Palette& darkPalette() {
    return kDark;
}

} // namespace bulkhead::diagram
