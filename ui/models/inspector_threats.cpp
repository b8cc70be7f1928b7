#include "ui/models/inspector_threats.h"

#include "core/diagram/slot.h"
#include "ui/models/inspector_html.h"

#include <QStringList>
#include <algorithm>
#include <vector>

namespace bulkhead::models {

using model::Truth;

namespace {

bool uses(const threat::Finding& finding, const model::Snapshot& snapshot, const std::string& slot) {
    const auto isThere = [&](const std::string& path) {
        const diagram::Slot* of = slotOfFact(path, snapshot);
        return of != nullptr && of->id == slot;
    };
    return slot.empty() ||
           std::ranges::any_of(finding.facts, [&](const auto& fact) { return isThere(fact.path); }) ||
           std::ranges::any_of(finding.deciding, [&](const auto& gap) { return isThere(gap.path); });
}

QString referencesOf(const catalog::Weakness& weakness) {
    QStringList words;
    for (const catalog::Reference& reference : weakness.references) {
        words << QStringLiteral("%1 %2").arg(escaped(reference.catalogue), escaped(reference.id));
    }
    return words.join(QStringLiteral(", "));
}

/// One weakness that is said once, whatever the number of objects it holds for.
struct Said {
    const threat::Finding* finding = nullptr;
    QString stop; ///< who stops it, of one that does not hold
    QStringList objects;
};

std::vector<Said> grouped(const std::vector<const threat::Finding*>& found) {
    std::vector<Said> out;
    for (const threat::Finding* finding : found) {
        const QString stop = finding->truth == Truth::no ? stoppedBy(*finding) : QString();
        auto same = std::ranges::find_if(out, [&](const Said& said) {
            return said.finding->weakness == finding->weakness && said.finding->truth == finding->truth &&
                   said.stop == stop;
        });
        if (same == out.end()) {
            same = out.insert(out.end(), {finding, stop, {}});
        }
        if (!finding->object.empty()) {
            same->objects << nameOfObject(finding->object);
        }
    }
    return out;
}

/// The first few by name; of one alone the fact beside it says which.
QString objectsHtml(const QStringList& objects) {
    constexpr qsizetype kNamed = 3;
    if (objects.size() < 2) {
        return {};
    }
    const QString some = objects.mid(0, kNamed).join(QStringLiteral(", "));
    const qsizetype more = objects.size() - kNamed;
    return QStringLiteral("<br>") +
           mutedHtml((more > 0 ? inspectorTr("%1 and %2 more").arg(some).arg(more) : some).toHtmlEscaped());
}

QString sayFinding(const Said& said) {
    const threat::Finding& finding = *said.finding;
    const catalog::Weakness& weakness = *finding.weakness;
    const QString& stop = said.stop;
    QString html = QStringLiteral("<b>%1</b>").arg(escaped(weakness.title));
    switch (finding.truth) {
    case Truth::yes:
        html += inspectorTr(": holds");
        break;
    case Truth::unknown:
        html += inspectorTr(": may hold");
        break;
    default:
        html += stop.isEmpty() ? inspectorTr(": nothing here to do it with")
                               : inspectorTr(": stopped by %1").arg(stop.toHtmlEscaped());
    }
    html += objectsHtml(said.objects);
    if (finding.truth != Truth::no && !weakness.authority.empty()) {
        html += QStringLiteral("<br>%1").arg(escaped(weakness.authority));
    }
    if (finding.truth != Truth::no && !weakness.controls.empty()) {
        html += QStringLiteral("<br>") +
                inspectorTr("What stops it: %1").arg(escaped(weakness.controls.front().measure));
    }
    const QString references = referencesOf(weakness);
    return references.isEmpty() ? html : html + QStringLiteral("<br>") + mutedHtml(references);
}

} // namespace

QString
threatsOfSlotHtml(const ThreatView& threats, const model::Snapshot& snapshot, const std::string& slot) {
    std::vector<const threat::Finding*> found;
    for (const threat::Finding& finding : threats.attack.findings) {
        // What is stopped says something beside the fact that stops it, and nothing at the head.
        const bool tells = !slot.empty() || finding.truth != Truth::no;
        if (tells && !finding.undecidable && uses(finding, snapshot, slot)) {
            found.push_back(&finding);
        }
    }
    if (found.empty()) {
        return {};
    }
    std::ranges::stable_sort(found, [](const auto* a, const auto* b) { return a->truth > b->truth; });
    return heading(inspectorTr("Weaknesses")) +
           listHtml(grouped(found), [](const Said& said) { return sayFinding(said); });
}

} // namespace bulkhead::models
