#include "core/claims/import.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

namespace {

constexpr std::array kFormats = {
    Format{"oci", "OCI config.json", "\"ociVersion\"", looksLikeOci, importOci},
    Format{"docker", "docker inspect", "\"HostConfig\"", looksLikeDockerInspect, importInspect},
    Format{
        "podman", "podman inspect", "\"HostConfig\" and \"OCIRuntime\"", looksLikePodmanInspect,
        importInspect},
    Format{"kubernetes", "Kubernetes", "\"apiVersion\" and \"kind\"", looksLikeKubernetes, importKubernetes},
    Format{"compose", "Compose", "\"services\"", looksLikeCompose, importCompose},
};

std::string whatWasTried() {
    std::string text;
    for (const Format& format : kFormats) {
        text +=
            (text.empty() ? "" : ", ") + std::string(format.title) + " (" + std::string(format.sign) + ")";
    }
    return text;
}

} // namespace

std::span<const Format> formats() {
    return kFormats;
}

base::Result<std::vector<model::Snapshot>>
importDocument(std::string_view text, const std::string& file, const ImportOptions& options) {
    if (looksLikeRunLine(text)) {
        return importRunLine(text, file, options);
    }
    const auto documents = parseNodes(text, file);
    if (!documents) {
        return std::unexpected(documents.error());
    }
    const auto format = std::ranges::find_if(
        kFormats, [&](const Format& candidate) { return candidate.looksLike(*documents); });
    if (format == kFormats.end()) {
        return base::fail(
            base::ErrorKind::malformed,
            file + ": no document that Bulkhead reads; tried: a Bulkhead snapshot (\"schema\"), " +
                whatWasTried() + ", a line of docker run or podman run");
    }
    const bool compose = format->id == "compose";
    if (!compose && !options.overrides.empty()) {
        return base::fail(
            base::ErrorKind::malformed,
            file + ": " + std::string(format->title) + "; only files of Compose are merged");
    }
    for (const Node& document : *documents) {
        const Node* marked = compose ? nullptr : findMarked(document);
        if (marked != nullptr) {
            const bool reset = marked->mark == Node::Mark::reset;
            return std::unexpected(errorAt(
                file, *marked, "",
                std::string("the tag ") + (reset ? "!reset" : "!override") + " is not understood"));
        }
    }
    Reading reading;
    reading.file = file;
    auto snapshots = format->import(*documents, reading, options);
    if (reading.problem) {
        return std::unexpected(*reading.problem);
    }
    return snapshots;
}

} // namespace bulkhead::claims
