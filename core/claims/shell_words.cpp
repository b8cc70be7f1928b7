#include "core/claims/run_line.h"

#include <algorithm>

namespace bulkhead::claims {

base::Result<std::vector<std::string>> shellWords(std::string_view line, const std::string& name) {
    std::vector<std::string> words;
    std::string word;
    bool open = false;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const bool escapes = c == '\\' && quote != '\'';
        if (escapes && i + 1 < line.size()) {
            const char next = line[++i];
            const bool kept = quote == '"' && !std::string_view("\\\"$`\n").contains(next);
            word += next == '\n' ? "" : kept ? std::string{c, next} : std::string{next};
            open = open || next != '\n';
        } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
            quote = quote != 0 ? '\0' : c;
            open = true;
        } else if (quote == 0 && std::string_view(" \t\r\n").contains(c)) {
            if (open) {
                words.push_back(std::move(word));
            }
            word.clear();
            open = false;
        } else if (quote == 0 && !open && c == '#') {
            i = std::min(line.find('\n', i), line.size() - 1);
        } else if (quote == 0 && std::string_view("|;&<>").contains(c)) {
            break; // another command begins
        } else {
            word += c;
            open = true;
        }
    }
    if (quote != 0) {
        return base::fail(base::ErrorKind::malformed, name + ": a quote is not closed");
    }
    if (open) {
        words.push_back(std::move(word));
    }
    return words;
}

} // namespace bulkhead::claims
