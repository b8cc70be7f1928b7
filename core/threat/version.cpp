#include "core/threat/version.h"

#include <algorithm>
#include <array>

namespace bulkhead::threat {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view takeDigits(std::string_view& text) {
    const auto end = std::ranges::find_if_not(text, isDigit);
    std::string_view run(text.begin(), end);
    text.remove_prefix(run.size());
    run.remove_prefix(std::min(run.find_first_not_of('0'), run.size()));
    return run;
}

/// What comes before the release itself: "-rc.1", "~rc6", "-beta.0"; how many characters lead to its number.
std::size_t candidate(std::string_view text) {
    constexpr std::array<std::string_view, 3> kWords = {"rc", "beta", "alpha"};
    if (text.empty() || (text.front() != '-' && text.front() != '~')) {
        return 0;
    }
    for (const std::string_view word : kWords) {
        if (text.substr(1).starts_with(word)) {
            const std::size_t end = 1 + word.size();
            return end + (text.substr(end).starts_with('.') ? 1 : 0);
        }
    }
    return 0;
}

/// "~" and a release candidate come before the end, letters before what separates. A candidate is one only
/// behind a number.
int rank(std::string_view text, bool behindNumber) {
    if (text.empty() || isDigit(text.front())) {
        return 1;
    }
    if (text.front() == '~' || (behindNumber && (candidate(text) != 0 || text.starts_with("rc")))) {
        return 0;
    }
    const bool letter =
        (text.front() >= 'a' && text.front() <= 'z') || (text.front() >= 'A' && text.front() <= 'Z');
    return 2 + static_cast<unsigned char>(text.front()) + (letter ? 0 : 256);
}

} // namespace

std::strong_ordering compareVersions(std::string_view left, std::string_view right) {
    while (!left.empty() || !right.empty()) {
        bool behindNumber = true;
        while ((!left.empty() && !isDigit(left.front())) || (!right.empty() && !isDigit(right.front()))) {
            const int a = rank(left, behindNumber);
            const int b = rank(right, behindNumber);
            if (a != b) {
                return a <=> b;
            }
            behindNumber = false;
            left.remove_prefix(left.empty() ? 0 : 1);
            right.remove_prefix(right.empty() ? 0 : 1);
        }
        const std::string_view a = takeDigits(left);
        const std::string_view b = takeDigits(right);
        if (a.size() != b.size()) {
            return a.size() <=> b.size();
        }
        if (a != b) {
            return a <=> b;
        }
    }
    return std::strong_ordering::equal;
}

std::string_view upstreamPart(std::string_view version) {
    version.remove_prefix(std::min(version.find_first_of("0123456789"), version.size()));
    auto end = std::min(version.find_first_not_of("0123456789."), version.size());
    if (const std::size_t length = candidate(version.substr(end)); length != 0) {
        end = std::min(version.find_first_not_of("0123456789", end + length), version.size());
    }
    return version.substr(0, end);
}

} // namespace bulkhead::threat
