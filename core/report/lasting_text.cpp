#include "core/report/lasting_text.h"

#include <algorithm>

namespace bulkhead::report {

namespace {

constexpr std::string_view kDigits = "0123456789";

bool isDigit(char c) {
    return kDigits.contains(c);
}

/// How many characters from here on are a form, in which 0 stands for a digit; 0 where they are not.
std::size_t lengthOf(std::string_view text, std::string_view form) {
    const bool fits = text.size() >= form.size() &&
                      std::ranges::equal(text.substr(0, form.size()), form, [](char c, char wanted) {
                          return wanted == '0' ? isDigit(c) : c == wanted;
                      });
    return fits ? form.size() : 0;
}

/// A word that is ours and the number behind it: 0 where it is not there.
std::size_t numberAfter(std::string_view text, std::string_view word) {
    if (!text.starts_with(word)) {
        return 0;
    }
    const std::size_t end = std::min(text.find_first_not_of(kDigits, word.size()), text.size());
    return end > word.size() ? end : 0;
}

/// What stands here that does not last.
std::size_t passing(std::string_view text) {
    constexpr std::string_view kTime = "0000-00-00T00:00:00Z";
    constexpr std::string_view kMarkdownTime = "0000-00-00T00&#58;00&#58;00Z";
    constexpr std::string_view kInode = "(0000000000)"; // nsfs hands out numbers of ten digits
    for (const std::size_t length :
         {lengthOf(text, kTime), lengthOf(text, kMarkdownTime), lengthOf(text, kInode),
          numberAfter(text, "/proc/"), numberAfter(text, "pid:"), numberAfter(text, "pid&#58;"),
          numberAfter(text, "pid#58;")}) {
        if (length > 0) {
            return length;
        }
    }
    return 0;
}

} // namespace

std::string lastingText(std::string_view report) {
    std::string out;
    out.reserve(report.size());
    while (!report.empty()) {
        const std::size_t length = passing(report);
        out += length > 0 ? '#' : report.front();
        report.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

} // namespace bulkhead::report
