#include "core/report/line_wrap.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace bulkhead::report {

namespace {

/// Shortened in the middle, and no `\xNN` cut in two: half of one would read as a backslash of its own.
std::string shortened(std::string_view word, std::size_t cells) {
    std::string text = base::shortenMiddle(word, cells);
    const std::size_t cut = text.find("…");
    const std::size_t slash = text.rfind('\\', cut);
    if (cut != std::string::npos && slash != std::string::npos && cut - slash < 4) {
        text.erase(slash, cut - slash);
    }
    return text;
}

/// The most of a word that fits, by halving: a name may be thousands of characters long.
std::string fitted(std::string_view word, const Fits& fits) {
    if (fits(word)) {
        return std::string(word);
    }
    std::size_t fitting = 1;
    std::size_t tooLong = base::cellWidth(word);
    while (tooLong - fitting > 1) {
        const std::size_t cells = (fitting + tooLong) / 2;
        (fits(shortened(word, cells)) ? fitting : tooLong) = cells;
    }
    return shortened(word, fitting);
}

/// The start of a line and "…", where more would follow.
std::string cutShort(const std::string& line, const Fits& fits) {
    std::string text = line + "…";
    for (std::size_t cells = base::cellWidth(line); cells > 1 && !fits(text); --cells) {
        std::size_t kept = 0;
        while (base::cellWidth(line.substr(0, kept)) + 1 < cells) {
            kept += base::decodeUtf8(line, kept).length;
        }
        text = line.substr(0, kept) + "…";
    }
    return text;
}

std::vector<std::string_view> wordsOf(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (end > at) {
            words.push_back(text.substr(at, end - at));
        }
        at = end + 1;
    }
    return words;
}

} // namespace

Fits fitsCells(std::size_t cells) {
    return [cells](std::string_view line) { return base::cellWidth(line) <= cells; };
}

std::vector<std::string> wrapText(std::string_view text, const Fits& fits, std::size_t maxLines) {
    std::vector<std::string> lines;
    std::string line;
    for (const std::string_view word : wordsOf(text)) {
        const std::string longer = line.empty() ? std::string(word) : line + " " + std::string(word);
        if (fits(longer)) {
            line = longer;
            continue;
        }
        if (!line.empty()) {
            lines.push_back(line);
        }
        line = fitted(word, fits);
    }
    if (!line.empty()) {
        lines.push_back(line);
    }
    if (lines.size() > maxLines) {
        lines.resize(maxLines);
        lines.back() = cutShort(lines.back(), fits);
    }
    return lines;
}

std::string padded(std::string_view text, std::size_t cells) {
    std::string out = shortened(text, cells);
    out.append(cells - base::cellWidth(out), ' ');
    return out;
}

} // namespace bulkhead::report
