#pragma once

#include "core/base/error.h"
#include "core/claims/known_image.h"
#include "core/diagram/diagram.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::session {

/// How references are resolved.
struct ResolveOptions {
    std::string engine; ///< for which configurations are resolved: "docker", "podman@4.3.1"; empty: their own
    std::vector<claims::KnownImage> images = {}; // NOLINT(readability-redundant-member-init): may be left out
};

/// The subjects a reference names: `pid:N`, `docker:NAME` and `podman:NAME` (asked over the engine's API),
/// `oci:ID` (the state of a local runtime), `lab:NAME` (the recording of a scenario), a snapshot file, a
/// configuration (resolved for this machine), a folder that a lab wrote, `FILE#NAME` for one of several,
/// `image:PATH` (an OCI layout or what docker save writes),
/// `compose:FILE,FILE` (one project, the later merged over the earlier), `run:"docker run ..."`, `-` for
/// standard input. Unsupported for the kinds of reference that this version does not read, NotFound for what
/// is not there.
[[nodiscard]] base::Result<std::vector<diagram::SubjectView>>
resolveReference(const std::string& reference, const ResolveOptions& options = {});

/// Whether a reference names a file or folder, there or not: none of the words above stands in front.
[[nodiscard]] bool namesFile(std::string_view reference);

/// The subjects of a document that is no file; `name` stands in messages and as its reference.
[[nodiscard]] base::Result<std::vector<diagram::SubjectView>>
resolveText(const std::string& text, const std::string& name);

/// All subjects of several references, in order; names that collide are numbered.
[[nodiscard]] base::Result<std::vector<diagram::SubjectView>>
resolveReferences(const std::vector<std::string>& references, const ResolveOptions& options = {});

/// The strongest vantage that all subjects have; declared where some have no other.
[[nodiscard]] base::Result<model::Vantage> commonVantage(const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::session
