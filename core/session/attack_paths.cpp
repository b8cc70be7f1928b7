#include "core/session/attack_paths.h"

#include "core/claims/import.h"
#include "core/session/capture.h"
#include "core/session/config_document.h"
#include "core/session/ground.h"
#include "core/threat/narrowed.h"

#include <algorithm>

namespace bulkhead::session {

using base::ErrorKind;
using diagram::SubjectView;
using model::Vantage;
using report::SubjectPaths;

namespace {

/// Everything that is made once for several subjects.
struct Work {
    const threat::Judge& judge;
    bool cut = false;
    claims::Ground ground;
};

std::optional<SubjectPaths>
pathsOf(const SubjectView& subject, const std::string& reference, const Work& work) {
    const auto snapshot = judgedSnapshot(subject);
    if (!snapshot) {
        return std::nullopt;
    }
    SubjectPaths out{subject.name, snapshot->vantage, threat::attackOn(*snapshot, work.judge), {}, {}, {}};
    const auto document = documentOf(reference);
    out.form = formOf(reference, document ? &*document : nullptr, *snapshot);
    if (work.cut) {
        const OrdinaryContainer whole(out.form, work.ground);
        const threat::Ordinary usual = whole.get();
        const threat::OrdinaryContainer ordinary(*usual.container, usual.filter, work.judge);
        out.cut = threat::cutOf(*snapshot, out.attack, work.judge, ordinary.get(), out.form);
        out.outside = threat::outsideOf(*snapshot, out.attack, work.judge, ordinary.get(), out.form);
    }
    return out;
}

/// The declared accounts of a scenario: not a recording, which holds what was enforced when it was made.
base::Result<std::vector<model::Snapshot>> importAgain(
    const std::string& text, const ConfigDocument& document, const PathsRequest& request,
    const claims::Ground& ground) {
    return claims::importDocument(text, document.file, {request.engine, ground});
}

/// The names of paths that a changed document still has.
base::Status listLeft(
    const std::vector<model::Snapshot>& snapshots, const std::vector<SubjectPaths>& before,
    const threat::Judge& judge, AppliedCut& out) {
    for (const SubjectPaths& subject : before) {
        const auto found = std::ranges::find_if(snapshots, [&](const model::Snapshot& snapshot) {
            return snapshots.size() == 1 || snapshot.subject.name == subject.subject;
        });
        if (found == snapshots.end()) {
            return base::fail(ErrorKind::notFound, subject.subject + ": is no more in the changed document");
        }
        for (const threat::Path& path : threat::attackOn(*found, judge, {false, 200}).paths) {
            out.left.push_back(subject.subject + ": " + path.id);
            const auto& beyond = subject.cut->beyond;
            out.smaller = out.smaller && std::ranges::find(beyond, path.id) != beyond.end();
        }
    }
    return {};
}

} // namespace

std::optional<model::Snapshot> judgedSnapshot(const SubjectView& subject) {
    for (const Vantage vantage : {Vantage::enforced, Vantage::declared}) {
        if (const model::Snapshot* snapshot = subject.at(vantage)) {
            model::Snapshot out = *snapshot;
            const model::Snapshot* asked = subject.at(Vantage::declared);
            if (vantage == Vantage::enforced && asked != nullptr && out.config.privileged.unstated()) {
                out.config.privileged = asked->config.privileged;
            }
            return out;
        }
    }
    return std::nullopt;
}

base::Result<std::vector<SubjectPaths>> findPaths(const PathsRequest& request, const threat::Judge& judge) {
    Work work{judge, request.cut, request.cut ? readGround() : claims::Ground{}};
    std::vector<SubjectPaths> out;
    for (const std::string& reference : request.references) {
        const auto subjects = resolveReference(reference, {request.engine, request.images});
        if (!subjects) {
            return std::unexpected(subjects.error());
        }
        for (const SubjectView& subject : *subjects) {
            auto paths = pathsOf(subject, reference, work);
            if (!paths) {
                return base::fail(
                    ErrorKind::notFound, subject.name + ": no snapshot of it" +
                                             (subject.error.empty() ? "" : ": " + subject.error));
            }
            out.push_back(std::move(*paths));
        }
    }
    return out;
}

std::vector<SubjectPaths> openPathsOf(const std::vector<SubjectView>& subjects, const threat::Judge& judge) {
    constexpr std::size_t kKept = 50;
    std::vector<SubjectPaths> out;
    for (const SubjectView& subject : subjects) {
        if (const auto snapshot = judgedSnapshot(subject)) {
            threat::Attack attack = threat::attackOn(*snapshot, judge, {false, kKept});
            out.push_back({subject.name, snapshot->vantage, std::move(attack), {}, {}, {}});
        }
    }
    return out;
}

base::Result<AppliedCut>
applyCut(const std::string& reference, const PathsRequest& request, const threat::Judge& judge) {
    const auto document = documentOf(reference);
    if (!document) {
        return std::unexpected(document.error());
    }
    const auto subjects = findPaths({{reference}, request.engine, true, request.images}, judge);
    if (!subjects) {
        return std::unexpected(subjects.error());
    }
    AppliedCut out{document->text, {}, {}, true};
    claims::Ground ground = readGround();
    ground.images = request.images;
    if (subjects->front().form == claims::ConfigForm::compose) {
        std::error_code error;
        out.folder = std::filesystem::weakly_canonical(document->file, error).parent_path();
    }
    for (const SubjectPaths& subject : *subjects) {
        std::vector<claims::ChangeAsk> asked;
        for (const threat::CutChange& one : subject.cut->changes) {
            asked.push_back(threat::askOf(one.change));
        }
        if (asked.empty()) {
            continue;
        }
        auto edited = claims::editDocument(out.text, document->file, subject.subject, asked, ground);
        if (!edited) {
            return std::unexpected(edited.error());
        }
        out.text = std::move(edited->text);
        for (std::string& note : edited->notes) {
            if (std::ranges::find(out.notes, note) == out.notes.end()) {
                out.notes.push_back(std::move(note));
            }
        }
    }
    if (document->scenario) {
        out.notes.emplace_back("launch it with bulkhead lab run to see what is enforced");
        return out;
    }
    const auto again = importAgain(out.text, *document, request, ground);
    if (!again) {
        return std::unexpected(again.error().in("the changed configuration"));
    }
    if (auto listed = listLeft(*again, *subjects, judge, out); !listed) {
        return std::unexpected(listed.error());
    }
    return out;
}

std::vector<report::SubjectPathChanges> comparePathsOf(
    const std::vector<SubjectView>& subjects, std::size_t baseline, Vantage vantage,
    const threat::Judge& judge) {
    std::vector<report::SubjectPathChanges> out;
    const auto attackIn = [&](const SubjectView& subject) {
        const model::Snapshot* snapshot = subject.at(vantage);
        return snapshot == nullptr ? threat::Attack{} : threat::attackOn(*snapshot, judge, {false, 200});
    };
    if (baseline >= subjects.size() || subjects[baseline].at(vantage) == nullptr) {
        return out;
    }
    const threat::Attack before = attackIn(subjects[baseline]);
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        if (i == baseline || subjects[i].at(vantage) == nullptr) {
            continue;
        }
        report::SubjectPathChanges one{subjects[i].name, attackIn(subjects[i]), before, {}};
        one.changes = threat::comparePaths(one.baseline, one.attack);
        out.push_back(std::move(one));
    }
    return out;
}

} // namespace bulkhead::session
