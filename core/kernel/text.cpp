#include "core/kernel/text.h"

namespace bulkhead::kernel {

namespace {

constexpr std::string_view kWhite = " \t\n\r";

} // namespace

std::vector<std::string_view> splitAt(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto at = text.find(separator);
        pieces.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return pieces;
        }
        text.remove_prefix(at + 1);
    }
}

std::vector<std::string_view> linesOf(std::string_view text) {
    auto lines = splitAt(text, '\n');
    if (lines.back().empty()) {
        lines.pop_back();
    }
    return lines;
}

std::vector<std::string_view> wordsOf(std::string_view text) {
    std::vector<std::string_view> words;
    for (;;) {
        const auto first = text.find_first_not_of(kWhite);
        if (first == std::string_view::npos) {
            return words;
        }
        text.remove_prefix(first);
        const auto end = text.find_first_of(kWhite);
        words.push_back(text.substr(0, end));
        text.remove_prefix(words.back().size());
    }
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(kWhite);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

} // namespace bulkhead::kernel
