#include "core/session/image_subject.h"

#include "core/claims/import.h"
#include "core/image/read_image.h"
#include "core/session/capture.h"
#include "core/session/ground.h"

#include <filesystem>

namespace bulkhead::session {

using model::Evidence;
using model::EvidenceKind;

namespace {

/// Nothing that a shell would take for more than a word.
bool isPlain(const std::string& user) {
    return user.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-") ==
           std::string::npos;
}

void addImage(const image::ImageFacts& facts, const std::string& path, model::Snapshot& out) {
    const auto from = [&](const char* field) { return Evidence{EvidenceKind::declared, field, path, 0}; };
    out.image.user = {facts.user, from("config.User")};
    out.image.digest = {facts.digest, from("digest")};
    out.image.secretEnv = {image::secretNames(facts.environment), from("config.Env")};
    out.image.layers = {facts.layers, from("rootfs.diff_ids")};
    out.image.findings = model::Unreadable{"the files in the layers are not looked at", ""};
    for (model::Fact<model::Ids>* ids : {&out.identity.uid, &out.identity.gid}) {
        if (ids->known()) {
            *ids = {ids->value(), from("config.User")};
        }
    }
    out.subject.image.ref = facts.name;
    out.subject.image.digest = facts.digest;
    out.subject.name = facts.name.empty() ? std::filesystem::path(path).filename().string() : facts.name;
}

} // namespace

base::Result<std::vector<model::Snapshot>>
openImageSubject(const std::string& path, const std::string& engine) {
    claims::ImportOptions options;
    options.engine = engine;
    options.ground = readGround();
    const auto facts = image::readImage(path, options.ground.architecture);
    if (!facts) {
        return std::unexpected(facts.error());
    }
    if (!isPlain(facts->user)) {
        return base::fail(
            base::ErrorKind::malformed,
            path + ": config.User: not the name or number of a user: " + facts->user);
    }
    const std::string user = facts->user.empty() ? "0:0" : facts->user;
    auto snapshots = claims::importRunLine("docker run --user " + user + " image", path, options);
    if (!snapshots) {
        return snapshots;
    }
    for (model::Snapshot& snapshot : *snapshots) {
        signSnapshot(snapshot);
        addImage(*facts, path, snapshot);
    }
    return snapshots;
}

} // namespace bulkhead::session
