#pragma once

#include "core/base/error.h"
#include "core/claims/edit.h"
#include "core/claims/ground.h"
#include "core/model/snapshot.h"
#include "core/threat/hardening.h"

#include <optional>
#include <string>

namespace bulkhead::session {

/// A text in which the boundary of subjects is asked for, and that can be changed.
struct ConfigDocument {
    std::string text;
    std::string file; ///< by which messages call it
    bool scenario = false;
};

/// The document that a reference names: a file, one subject of it, a run line, a scenario of the lab.
/// Unsupported where it names none.
[[nodiscard]] base::Result<ConfigDocument> documentOf(const std::string& reference);

/// In whose words changes of a subject are said: those of its document, else those of its engine.
[[nodiscard]] claims::ConfigForm
formOf(const std::string& reference, const ConfigDocument* document, const model::Snapshot& snapshot);

/// What every changed boundary falls back to.
class OrdinaryContainer {
public:
    OrdinaryContainer(claims::ConfigForm form, const claims::Ground& ground);

    /// Points into this one.
    [[nodiscard]] threat::Ordinary get() const { return {&m_container, m_filter ? &*m_filter : nullptr}; }

private:
    model::Snapshot m_container;
    std::optional<seccomp::Profile> m_filter;
};

} // namespace bulkhead::session
