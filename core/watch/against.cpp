#include "core/watch/against.h"

#include "core/catalog/yaml_tree.h"
#include "core/os/file.h"
#include "core/session/resolve.h"

#include <algorithm>
#include <filesystem>

namespace bulkhead::watch {

bool looksLikeSpecification(std::string_view text) {
    constexpr std::string_view kKey = "spec:";
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (!line.starts_with(kKey)) {
            continue;
        }
        line.remove_prefix(kKey.size());
        const auto word = line.find_first_not_of(" \t\r");
        return word != std::string_view::npos && !std::string_view("{#&|>").contains(line[word]);
    }
    return false;
}

base::Result<Against> readAgainst(const std::string& reference) {
    Against out;
    out.name = reference;
    std::error_code error;
    if (std::filesystem::is_regular_file(reference, error)) {
        const auto text = os::readFile(reference);
        if (text && looksLikeSpecification(*text)) {
            auto specification = session::readSpecification(reference);
            if (!specification) {
                return std::unexpected(specification.error());
            }
            out.specification = std::move(*specification);
            return out;
        }
    }
    auto subjects = session::resolveReferences({reference});
    if (!subjects) {
        return std::unexpected(subjects.error());
    }
    out.subjects = std::move(*subjects);
    return out;
}

const diagram::SubjectView* Against::of(const model::Subject& subject) const {
    if (subjects.size() == 1) {
        return &subjects.front();
    }
    const auto found = std::ranges::find_if(subjects, [&](const diagram::SubjectView& view) {
        const model::Snapshot* snapshot = view.at(model::Vantage::enforced);
        return view.name == subject.name || (snapshot != nullptr && snapshot->subject.ref == subject.ref);
    });
    return found == subjects.end() ? nullptr : &*found;
}

} // namespace bulkhead::watch
