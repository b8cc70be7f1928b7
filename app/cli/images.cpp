#include "app/cli/images.h"

#include "app/cli/output.h"

namespace bulkhead::cli {

std::optional<Exit>
takeImages(const std::vector<std::string>& options, std::vector<claims::KnownImage>& images) {
    for (const std::string& option : options) {
        const auto equals = option.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == option.size()) {
            say("bulkhead: --image " + option + ": expected NAME=PATH, as in --image nginx=nginx.tar");
            return Exit::usage;
        }
    }
    auto read = session::readImages(options);
    if (!read) {
        return report(read.error());
    }
    images = std::move(*read);
    return std::nullopt;
}

void sayUnused(
    const std::vector<claims::KnownImage>& images, const std::vector<diagram::SubjectView>& subjects) {
    for (const std::string& line : session::unusedImages(images, subjects)) {
        say("bulkhead: " + line);
    }
}

} // namespace bulkhead::cli
