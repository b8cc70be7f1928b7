#include "core/session/image_subject.h"

#include "core/claims/import.h"
#include "core/session/capture.h"
#include "core/session/ground.h"
#include "core/session/known_images.h"

#include <filesystem>

namespace bulkhead::session {

base::Result<std::vector<model::Snapshot>>
openImageSubject(const std::string& path, const std::string& engine) {
    constexpr const char* kAny = "image"; // the file decides, whatever it is called
    auto image = readKnownImage("", path);
    if (!image) {
        return std::unexpected(image.error());
    }
    const std::string name =
        image->name.empty() ? std::filesystem::path(path).filename().string() : image->name;
    claims::ImportOptions options;
    options.engine = engine;
    options.ground = readGround();
    image->name = kAny;
    const std::string digest = image->facts.digest.valueOr("");
    options.ground.images.push_back(std::move(*image));
    auto snapshots = claims::importRunLine(std::string("docker run ") + kAny, path, options);
    if (!snapshots) {
        return snapshots;
    }
    for (model::Snapshot& snapshot : *snapshots) {
        signSnapshot(snapshot);
        snapshot.image.tagMutable = {}; // nobody names it by a tag
        snapshot.subject.image = {name, digest};
        snapshot.subject.name = name;
    }
    return snapshots;
}

} // namespace bulkhead::session
