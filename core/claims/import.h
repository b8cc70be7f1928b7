#pragma once

#include "core/claims/fields.h"
#include "core/claims/ground.h"
#include "core/model/snapshot.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// How a document is resolved: for which engine, on which machine.
struct ImportOptions {
    std::string engine; ///< "docker", "docker@20.10.24", "runc"; empty: the one that the document is of
    Ground ground;
    /// Further files of a Compose project, each merged over those before.
    std::vector<std::string> overrides = {}; // NOLINT(readability-redundant-member-init): may be left out
};

/// A format of documents. Adding one is a file, a line in the table, a test.
struct Format {
    std::string_view id;
    std::string_view title; ///< "OCI config.json"
    std::string_view sign;  ///< what it is known by, for messages: "ociVersion"
    bool (*looksLike)(const std::vector<Node>& documents);
    base::Result<std::vector<model::Snapshot>> (*import)(
        const std::vector<Node>& documents, Reading& reading, const ImportOptions& options);
};

[[nodiscard]] std::span<const Format> formats();

/// The declared snapshots of a user's document, one for each container it describes. Malformed names file,
/// line, column and field; a text that is of no known format, what was tried.
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
importDocument(std::string_view text, const std::string& file, const ImportOptions& options);

/// A `docker run` or `podman run` line. The subject's ref is short and printable: "run:docker run" and its
/// name.
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
importRunLine(std::string_view line, const std::string& name, const ImportOptions& options);

/// Whether a text is such a line: nothing but words that a shell would make of it, docker run among the
/// first.
[[nodiscard]] bool looksLikeRunLine(std::string_view text);

/// The formats' functions, by file.
[[nodiscard]] bool looksLikeKubernetes(const std::vector<Node>& documents);
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
importKubernetes(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options);
[[nodiscard]] bool looksLikeDockerInspect(const std::vector<Node>& documents);
[[nodiscard]] bool looksLikePodmanInspect(const std::vector<Node>& documents);
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
importInspect(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options);
[[nodiscard]] bool looksLikeCompose(const std::vector<Node>& documents);
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
importCompose(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options);
[[nodiscard]] bool looksLikeOci(const std::vector<Node>& documents);
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
importOci(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options);

} // namespace bulkhead::claims
