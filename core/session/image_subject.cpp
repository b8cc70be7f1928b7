#include "core/session/image_subject.h"

#include "core/base/secret_names.h"
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

/// What the layers hold, each beginning with the word that the catalogue of weaknesses knows it by.
model::Fact<std::vector<std::string>> findingsIn(const image::ImageFacts& facts, const Evidence& from) {
    constexpr std::size_t kMost = 1000; // a hostile image has as many as it likes
    if (!facts.contents) {
        return model::Unreadable{facts.contents.error().message, "the image saved anew"};
    }
    std::vector<std::string> out;
    for (const image::PrivilegedFile& file : facts.contents->privileged) {
        out.push_back(file.what + ": " + file.path + ", layer " + std::to_string(file.layer));
    }
    for (const image::SecretFile& file : facts.contents->secrets) {
        out.push_back(
            "secret: " + file.kind + " " + file.path + ", layer " + std::to_string(file.layer) +
            (file.goneIn == 0 ? "" : ", deleted or replaced in layer " + std::to_string(file.goneIn)));
    }
    for (const std::string& name : facts.secretArguments) {
        out.push_back("secret: build argument " + name + ", in the history");
    }
    for (const std::string& name : base::secretNames(facts.labels)) {
        out.push_back("secret: label " + name);
    }
    out.insert(out.end(), facts.contents->findings.begin(), facts.contents->findings.end());
    if (out.size() > kMost) {
        const std::size_t more = out.size() - kMost;
        out.resize(kMost);
        out.push_back("and " + std::to_string(more) + " more");
    }
    return {std::move(out), from};
}

void addImage(const image::ImageFacts& facts, const std::string& path, model::Snapshot& out) {
    const auto from = [&](const char* field) { return Evidence{EvidenceKind::declared, field, path, 0}; };
    out.image.user = {facts.user, from("config.User")};
    out.image.digest = {facts.digest, from("digest")};
    out.image.secretEnv = {base::secretNames(facts.environment), from("config.Env")};
    out.image.layers = {facts.layers, from("rootfs.diff_ids")};
    out.image.findings = findingsIn(facts, from("layers"));
    out.rootfs.nosuid = {
        false, {EvidenceKind::defaulted, "engines mount their storage without nosuid", "", 0}};
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
