#include "core/session/known_images.h"

#include "core/base/secret_names.h"
#include "core/image/read_image.h"

#include <algorithm>
#include <memory>
#include <sys/utsname.h>

namespace bulkhead::session {

using model::Evidence;
using model::EvidenceKind;

namespace {

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

std::string machine() {
    utsname names{};
    return ::uname(&names) == 0 ? std::string(static_cast<const char*>(names.machine)) : "x86_64";
}

} // namespace

base::Result<claims::KnownImage> readKnownImage(const std::string& name, const std::string& path) {
    auto read = image::readImage(path, machine());
    if (!read) {
        return std::unexpected(read.error());
    }
    const auto from = [&](const char* field) { return Evidence{EvidenceKind::declared, field, path, 0}; };
    claims::KnownImage out;
    out.name = name.empty() ? read->name : name;
    out.path = path;
    out.volumes = read->volumes;
    out.facts.user = {read->user, from("config.User")};
    out.facts.digest = {read->digest, from("digest")};
    out.facts.secretEnv = {base::secretNames(read->environment), from("config.Env")};
    out.facts.layers = {read->layers, from("rootfs.diff_ids")};
    out.facts.findings = findingsIn(*read, from("layers"));
    if (read->contents) {
        const auto contents = std::make_shared<const image::Contents>(std::move(*read->contents));
        out.who = [contents](std::string_view user) -> std::optional<claims::ImageUser> {
            const auto ids = image::idsOf(user, *contents);
            return ids ? std::optional(claims::ImageUser{ids->uid, ids->gid, ids->groups}) : std::nullopt;
        };
    }
    return out;
}

base::Result<std::vector<claims::KnownImage>> readImages(const std::vector<std::string>& options) {
    std::vector<claims::KnownImage> out;
    for (const std::string& option : options) {
        const auto equals = option.find('=');
        if (equals == std::string::npos) {
            return base::fail(base::ErrorKind::malformed, "--image " + option + ": expected NAME=PATH");
        }
        const std::string name = option.substr(0, equals);
        if (claims::findImage(out, name) != nullptr) {
            std::string twice = "--image ";
            twice.append(option).append(": ").append(name).append(" is given twice");
            return base::fail(base::ErrorKind::malformed, std::move(twice));
        }
        auto image = readKnownImage(name, option.substr(equals + 1));
        if (!image) {
            return std::unexpected(image.error().in("--image " + name));
        }
        out.push_back(std::move(*image));
    }
    return out;
}

std::vector<std::string> unusedImages(
    const std::vector<claims::KnownImage>& images, const std::vector<diagram::SubjectView>& subjects) {
    std::vector<std::string> used;
    std::string named;
    for (const diagram::SubjectView& subject : subjects) {
        const auto& declared = subject.declared;
        const std::string ref = declared ? declared->subject.image.ref : "";
        const claims::KnownImage* image = claims::findImage(images, ref);
        if (image != nullptr) {
            used.push_back(image->name);
        } else if (!ref.empty()) {
            named += (named.empty() ? "" : ", ") + ref;
        }
    }
    std::vector<std::string> out;
    for (const claims::KnownImage& image : images) {
        if (std::ranges::find(used, image.name) == used.end()) {
            out.push_back(
                "--image " + image.name + ": no document names this image" +
                (named.empty() ? "" : "; they name " + named));
        }
    }
    return out;
}

} // namespace bulkhead::session
