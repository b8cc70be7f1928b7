#include "core/seccomp/base64.h"

#include <cstdint>
#include <fmt/format.h>

namespace bulkhead::seccomp {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t byteOf(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

} // namespace

std::string base64Of(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::uint32_t three =
            byteOf(bytes, at) << 16U | byteOf(bytes, at + 1) << 8U | byteOf(bytes, at + 2);
        const std::size_t left = bytes.size() - at;
        text.push_back(kAlphabet[three >> 18U]);
        text.push_back(kAlphabet[three >> 12U & 63U]);
        text.push_back(left > 1 ? kAlphabet[three >> 6U & 63U] : '=');
        text.push_back(left > 2 ? kAlphabet[three & 63U] : '=');
    }
    return text;
}

base::Result<std::string> bytesFromBase64(std::string_view text) {
    const auto refuse = [](std::string message) {
        return base::fail(base::ErrorKind::malformed, std::move(message));
    };
    if (text.size() % 4 != 0) {
        return refuse(fmt::format("base64: {} characters are no multiple of 4", text.size()));
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const std::string_view digits = text.substr(0, text.size() - padding);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        const std::size_t digit = kAlphabet.find(digits[at]);
        if (digit == std::string_view::npos) {
            return refuse(fmt::format("base64: character {} is none of the alphabet", at));
        }
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes.push_back(static_cast<char>(bits >> held & 0xffU));
        }
    }
    if ((bits & ((1U << held) - 1U)) != 0) {
        return refuse("base64: the last character has bits that stand for nothing");
    }
    return bytes;
}

} // namespace bulkhead::seccomp
