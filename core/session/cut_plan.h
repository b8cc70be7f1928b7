#pragma once

#include "core/diagram/diagram.h"
#include "core/session/attack_paths.h"
#include "core/session/config_document.h"
#include "core/threat/attack.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::session {

/// Of whom the cut is asked, and where the configuration is written.
struct CutRequest {
    diagram::SubjectView subject;
    model::Vantage vantage = model::Vantage::enforced; ///< the account that is judged
    std::string reference;                             ///< as the command line names it; of a text its name
    std::optional<std::string> text;                   ///< a document that is no file
};

/// The least that closes the ways of one subject to the host, kept for a choice among the changes.
struct CutPlan {
    std::shared_ptr<const threat::Judge> judge; ///< the findings point into its catalogue
    model::Snapshot snapshot;                   ///< what was judged
    threat::Attack attack;
    threat::Cut cut;
    claims::ConfigForm form = claims::ConfigForm::oci; ///< in whose words changes are said
    OrdinaryContainer ordinary;
    std::optional<ConfigDocument> document; ///< that changes can be made in
    std::string noDocument;                 ///< why there is none
};

/// Which changes of a plan are made, one for each.
using CutChoice = std::vector<bool>;

/// NotFound where the subject has no account of the vantage; canceled once told to stop.
[[nodiscard]] base::Result<std::shared_ptr<const CutPlan>> planCut(
    const CutRequest& request, const std::shared_ptr<const threat::Judge>& judge,
    const std::stop_token& stop);

/// The boundary as it would be with the chosen changes: predicted, of nothing that runs.
[[nodiscard]] model::Snapshot predictedBoundary(const CutPlan& plan, const CutChoice& chosen);

/// The ways to the host of a boundary that was predicted.
[[nodiscard]] threat::Attack pathsLeft(const CutPlan& plan, const model::Snapshot& predicted);

/// The chosen changes in the words of the form, a line each; of a run line the whole line with them made.
[[nodiscard]] std::string cutWords(const CutPlan& plan, const CutChoice& chosen);

/// The document with the chosen changes made, imported and judged again: `left` has the paths that it still
/// has, and `smaller` is false where the plan says that one of them is closed. Unsupported where there is no
/// document.
[[nodiscard]] base::Result<AppliedCut> writeChosen(const CutPlan& plan, const CutChoice& chosen);

} // namespace bulkhead::session
