#include "core/claims/edit.h"
#include "core/os/file.h"
#include "core/session/ground.h"
#include "core/threat/hardening.h"

#include <algorithm>
#include <iostream>
#include <span>

namespace {

using namespace bulkhead;

/// "own-namespace:user": a row of the table of hardenings, and its object.
base::Result<claims::ChangeAsk> changeOf(const std::string& text) {
    const auto colon = text.find(':');
    const auto row = std::ranges::find(
        threat::hardenings(), std::string_view(text).substr(0, colon), &threat::Hardening::id);
    if (row == threat::hardenings().end()) {
        return base::fail(base::ErrorKind::notFound, "no such change: " + text);
    }
    return claims::ChangeAsk{row->kind, colon == std::string::npos ? "" : text.substr(colon + 1)};
}

} // namespace

/// The document with changes made: `edit_driver FILE SUBJECT CHANGE...`
int main(int argc, char** argv) {
    const std::span words(argv, static_cast<std::size_t>(argc));
    if (words.size() < 4) {
        std::cerr << "usage: edit_driver FILE SUBJECT CHANGE...\n";
        return 2;
    }
    std::vector<claims::ChangeAsk> changes;
    for (const char* word : words.subspan(3)) {
        const auto change = changeOf(word);
        if (!change) {
            std::cerr << change.error().message << '\n';
            return 2;
        }
        changes.push_back(*change);
    }
    const auto text = os::readFile(words[1]);
    const auto made = text ? claims::editDocument(*text, words[1], words[2], changes, session::readGround())
                           : base::Result<claims::EditedDocument>(std::unexpected(text.error()));
    if (!made) {
        std::cerr << made.error().message << '\n';
        return 1;
    }
    std::cout << made->text;
    return 0;
}
