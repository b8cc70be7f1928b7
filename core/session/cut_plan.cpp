#include "core/session/cut_plan.h"

#include "core/claims/import.h"
#include "core/session/ground.h"
#include "core/threat/narrowed.h"

#include <algorithm>

namespace bulkhead::session {

using base::ErrorKind;
using claims::ChangeKind;
using claims::ConfigForm;
using threat::Change;

namespace {

constexpr std::size_t kMostPaths = 200;

std::vector<Change> chosenOf(const CutPlan& plan, const CutChoice& chosen) {
    std::vector<Change> out;
    for (std::size_t i = 0; i < plan.cut.changes.size(); ++i) {
        if (i < chosen.size() && chosen[i]) {
            out.push_back(plan.cut.changes[i].change);
        }
    }
    return out;
}

/// The account that is judged, with what only the configuration says.
std::optional<model::Snapshot> accountOf(const CutRequest& request) {
    const model::Snapshot* account = request.subject.at(request.vantage);
    if (account == nullptr) {
        return std::nullopt;
    }
    model::Snapshot out = *account;
    const model::Snapshot* asked = request.subject.at(model::Vantage::declared);
    if (asked != nullptr && out.config.privileged.unstated()) {
        out.config.privileged = asked->config.privileged;
    }
    return out;
}

/// Engines' dumps and snapshots are read as well and cannot be changed: only what can be started again.
void keepDocument(CutPlan& plan, base::Result<ConfigDocument> document) {
    if (!document) {
        const bool none = document.error().kind == ErrorKind::unsupported;
        plan.noDocument = none ? "no configuration file, run line or scenario of the lab is known of it"
                               : document.error().message;
        return;
    }
    if (!document->scenario) {
        if (const auto form = claims::formOf(document->text, document->file); !form) {
            plan.noDocument = form.error().message;
            return;
        }
    }
    plan.document = std::move(*document);
}

/// "cap_drop: [SYS_ADMIN]" and its like become one list.
bool isList(const Change& change, ConfigForm form) {
    return change.row->kind == ChangeKind::dropCapability &&
           (form == ConfigForm::compose || form == ConfigForm::kubernetes);
}

base::Result<claims::EditedDocument> edited(const CutPlan& plan, const CutChoice& chosen) {
    std::vector<claims::ChangeAsk> asked;
    for (const Change& change : chosenOf(plan, chosen)) {
        asked.push_back(threat::askOf(change));
    }
    const bool needsGround = plan.form == ConfigForm::oci;
    return claims::editDocument(
        plan.document->text, plan.document->file, plan.snapshot.subject.name, asked,
        needsGround ? readGround() : claims::Ground{});
}

bool isRunLine(const CutPlan& plan) {
    return plan.document && (plan.form == ConfigForm::docker || plan.form == ConfigForm::podman);
}

} // namespace

base::Result<std::shared_ptr<const CutPlan>> planCut(
    const CutRequest& request, const std::shared_ptr<const threat::Judge>& judge,
    const std::stop_token& stop) {
    auto account = accountOf(request);
    if (!account) {
        return base::fail(
            ErrorKind::notFound,
            request.subject.name + ": no " + std::string(model::nameOf(request.vantage)) + " snapshot of it");
    }
    base::Result<ConfigDocument> document = request.text
                                                ? ConfigDocument{*request.text, request.reference, false}
                                                : documentOf(request.reference);
    const ConfigForm form = formOf(request.reference, document ? &*document : nullptr, *account);
    auto plan = std::make_shared<CutPlan>(
        CutPlan{judge, std::move(*account), {}, {}, form, {form, readGround()}, {}, {}});
    keepDocument(*plan, std::move(document));
    plan->attack = threat::attackOn(plan->snapshot, *judge, {false, kMostPaths});
    const threat::Ordinary usual = plan->ordinary.get();
    const threat::OrdinaryContainer narrow(*usual.container, usual.filter, *judge);
    plan->cut = threat::cutOf(plan->snapshot, plan->attack, *judge, narrow.get(), form, stop);
    if (stop.stop_requested()) {
        return base::fail(ErrorKind::canceled, "canceled");
    }
    return plan;
}

model::Snapshot predictedBoundary(const CutPlan& plan, const CutChoice& chosen) {
    model::Snapshot out =
        threat::hardened(plan.snapshot, chosenOf(plan, chosen), plan.ordinary.get(), plan.form);
    out.captureId.clear(); // of another capture than what it was made of
    out.recorded.reset();
    out.subject.pid.reset();
    out.subject.ref.clear();
    out.group = {};
    return out;
}

threat::Attack pathsLeft(const CutPlan& plan, const model::Snapshot& predicted) {
    return threat::attackOn(predicted, *plan.judge, {false, kMostPaths});
}

std::string cutWords(const CutPlan& plan, const CutChoice& chosen) {
    if (isRunLine(plan)) {
        if (const auto line = edited(plan, chosen)) {
            return line->text;
        }
    }
    std::vector<Change> changes;
    for (Change& change : chosenOf(plan, chosen)) {
        const auto same = std::ranges::find_if(
            changes, [&](const Change& one) { return one.row == change.row && isList(change, plan.form); });
        if (same == changes.end()) {
            changes.push_back(std::move(change));
        } else {
            same->object += ", " + change.object.substr(change.object.starts_with("CAP_") ? 4 : 0);
        }
    }
    std::string text;
    for (const Change& change : changes) {
        const std::string line = threat::wordsOf(change, plan.form) + "\n";
        text += text.contains(line) ? "" : line;
    }
    return text;
}

base::Result<AppliedCut> writeChosen(const CutPlan& plan, const CutChoice& chosen) {
    if (!plan.document) {
        return base::fail(ErrorKind::unsupported, plan.noDocument);
    }
    auto made = edited(plan, chosen);
    if (!made) {
        return std::unexpected(made.error());
    }
    AppliedCut out{std::move(made->text), std::move(made->notes), {}, true};
    if (plan.document->scenario) {
        out.notes.emplace_back("launch it with bulkhead lab run to see what is enforced");
        return out;
    }
    const auto again = claims::importDocument(out.text, plan.document->file, {"", readGround()});
    if (!again) {
        return std::unexpected(again.error().in("the changed configuration"));
    }
    const std::string& name = plan.snapshot.subject.name;
    const auto found = std::ranges::find_if(*again, [&](const model::Snapshot& snapshot) {
        return again->size() == 1 || snapshot.subject.name == name;
    });
    if (found == again->end()) {
        return base::fail(ErrorKind::notFound, name + ": is no more in the changed document");
    }
    const threat::Attack predicted = pathsLeft(plan, predictedBoundary(plan, chosen));
    const threat::Attack left = pathsLeft(plan, *found);
    for (const threat::Path& path : left.paths) {
        out.left.push_back(path.id);
        out.smaller = out.smaller &&
                      std::ranges::find(predicted.paths, path.id, &threat::Path::id) != predicted.paths.end();
    }
    return out;
}

} // namespace bulkhead::session
