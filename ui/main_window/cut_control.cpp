#include "ui/main_window/cut_control.h"

#include "core/diagram/slot.h"
#include "ui/main_window/export.h"
#include "ui/main_window/subject_reference.h"
#include "ui/models/cell_text.h"
#include "ui/models/threat_view.h"
#include "ui/pages/cut_page.h"
#include "ui/pages/job_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <algorithm>

namespace bulkhead::main_window {

namespace {

constexpr qsizetype kMostNamed = 5; ///< ways that a message names

} // namespace

CutControl::CutControl(
    const Services& services, models::Workspace& workspace, pages::CutPage& page, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_page(page) {
    connect(&page, &pages::CutPage::shown, this, &CutControl::refresh);
    connect(&page, &pages::CutPage::subjectChosen, this, &CutControl::chooseSubject);
    connect(&page, &pages::TablePage::currentChanged, this, &CutControl::follow);
    connect(&page.model(), &models::CutModel::chosenChanged, this, &CutControl::predict);
    connect(&page.bar(), &pages::JobBar::cancelRequested, &m_planner, &jobs::JobRunner::cancel);
    connect(&workspace, &models::Workspace::diagramChanged, this, [this] {
        fillSubjects();
        refresh();
    });
    connect(&workspace, &models::Workspace::selectionChanged, this, [this] {
        fillSubjects();
        refresh();
    });
    fillSubjects();
}

/// The one that is selected on the canvas; with a preview selected, whose it is.
void CutControl::fillSubjects() {
    std::vector<std::pair<int, QString>> subjects;
    for (const int id : m_workspace.state().columns) {
        const models::LibraryEntry& entry = *m_workspace.entry(id);
        if (entry.previewOf < 0 && entry.view.error.empty()) {
            subjects.emplace_back(id, models::toQString(entry.view.name));
        }
    }
    int selected = m_workspace.idOfColumn(m_workspace.selection().column);
    if (const models::LibraryEntry* entry = m_workspace.entry(selected); entry && entry->previewOf >= 0) {
        selected = entry->previewOf;
    }
    // the choice of the page stays until another column is selected
    m_page.setSubjects(subjects, selected == m_selected ? -1 : selected);
    m_selected = selected;
}

void CutControl::chooseSubject() {
    m_failed.reset();
    refresh();
}

std::optional<CutControl::Key> CutControl::wanted() const {
    const models::LibraryEntry* entry = m_workspace.entry(m_page.subject());
    return entry == nullptr ? std::nullopt
                            : std::optional(Key{entry->id, entry->revision, m_workspace.vantage()});
}

const CutControl::Held* CutControl::current() const {
    const auto key = wanted();
    const auto found = key ? m_held.find(key->subject) : m_held.end();
    return found == m_held.end() || found->second.key != *key ? nullptr : &found->second;
}

/// Planned is only what is looked at: the page, or the preview that a plan made.
void CutControl::refresh() {
    const auto key = wanted();
    if (!m_services.planCut || !m_services.openJudge || !key) {
        m_planner.abandon();
        m_planning.reset();
        m_onPage.reset();
        m_page.bar().end();
        m_page.showFailure(
            key ? tr("This build has no catalogue of weaknesses, and finds no ways to cut.") : QString());
        Q_EMIT changed();
        return;
    }
    if (const Held* held = current()) {
        show(*held);
    } else if (m_planning != key && m_failed != key && (m_page.isVisible() || m_showWhenReady || isShown())) {
        plan(*key);
    }
    Q_EMIT changed();
}

void CutControl::show(const Held& held) {
    if (m_onPage != held.key) {
        m_onPage = held.key;
        m_page.showPlan(held.choice.plan, held.choice.chosen, held.choice.left);
        m_page.bar().end();
    }
}

CutControl::Choice CutControl::predicted(Plan plan, session::CutChoice chosen) {
    Choice out{std::move(plan), std::move(chosen), {}, {}};
    out.predicted = session::predictedBoundary(*out.plan, out.chosen);
    out.left = session::pathsLeft(*out.plan, out.predicted);
    return out;
}

void CutControl::plan(const Key& key) {
    const models::LibraryEntry& entry = *m_workspace.entry(key.subject);
    session::CutRequest request{entry.view, key.vantage, referenceOf(entry), std::nullopt};
    if (entry.text != nullptr) {
        request.text = *entry.text;
    }
    m_planning = key;
    m_onPage.reset();
    m_failed.reset();
    m_page.showFailure({});
    m_page.bar().begin(
        tr("Looking for the least to change of %1...").arg(models::toQString(entry.view.name)));
    m_planner.start<Choice>(
        [request = std::move(request), open = m_services.openJudge, find = m_services.planCut](
            const jobs::ReportProgress& /*report*/, const std::stop_token& stop) -> base::Result<Choice> {
            auto judge = open();
            if (!judge) {
                return std::unexpected(judge.error());
            }
            auto plan = find(request, std::move(*judge), stop);
            if (!plan) {
                return std::unexpected(plan.error());
            }
            const std::size_t changes = (*plan)->cut.changes.size();
            return predicted(std::move(*plan), session::CutChoice(changes, true));
        },
        [this, key](base::Result<Choice> result) { takePlan(key, std::move(result)); });
}

void CutControl::takePlan(const Key& key, base::Result<Choice> result) {
    m_planning.reset();
    m_page.bar().end();
    const bool show = std::exchange(m_showWhenReady, false);
    if (!result) {
        m_failed = key;
        m_page.showFailure(
            result.error().kind == base::ErrorKind::canceled
                ? tr("Canceled. Choose the subject again to look for its changes.")
                : models::toQString(result.error().message));
        Q_EMIT changed();
        return;
    }
    const Held& held = m_held.insert_or_assign(key.subject, Held{key, std::move(*result)}).first->second;
    if (m_workspace.previewOf(key.subject) >= 0) {
        putPreview(held);
    }
    refresh();
    if (show) {
        setShown(true);
    }
}

/// What the choice leaves open is judged anew: effects may depend on each other.
void CutControl::predict() {
    const Held* held = current();
    if (held == nullptr) {
        return;
    }
    m_predictor.start<Choice>(
        [plan = held->choice.plan, chosen = m_page.model().chosen()](
            const jobs::ReportProgress& /*report*/, const std::stop_token& /*stop*/) -> base::Result<Choice> {
            return predicted(plan, chosen);
        },
        [this, key = held->key](base::Result<Choice> result) {
            const auto found = m_held.find(key.subject);
            if (!result || found == m_held.end() || found->second.key != key) {
                return;
            }
            found->second.choice = std::move(*result);
            if (m_onPage == key) {
                m_page.setLeft(found->second.choice.left);
            }
            if (m_workspace.previewOf(key.subject) >= 0) {
                putPreview(found->second);
            }
            Q_EMIT changed();
        });
}

void CutControl::putPreview(const Held& held) {
    diagram::SubjectView view;
    view.name = tr("%1 (hardened)")
                    .arg(models::toQString(m_workspace.entry(held.key.subject)->view.name))
                    .toStdString();
    model::Snapshot predicted = held.choice.predicted;
    predicted.subject.name = view.name;
    (predicted.vantage == model::Vantage::declared ? view.declared : view.enforced) = std::move(predicted);
    m_workspace.putPreview(held.key.subject, std::move(view));
}

bool CutControl::canShow() const {
    const Held* held = current();
    return held != nullptr && !held->choice.plan->cut.changes.empty();
}

bool CutControl::canSave() const {
    return canShow() && current()->choice.plan->document.has_value();
}

bool CutControl::isShown() const {
    const int preview = m_workspace.previewOf(m_page.subject());
    return preview >= 0 && m_workspace.isShown(preview);
}

void CutControl::setShown(bool shown) {
    if (!shown) {
        m_workspace.removeColumn(m_workspace.previewOf(m_page.subject()));
    } else if (const Held* held = current()) {
        if (!held->choice.plan->cut.changes.empty()) {
            putPreview(*held);
            m_workspace.showPreview(held->key.subject);
        }
    } else {
        m_showWhenReady = true;
        refresh();
    }
    Q_EMIT changed();
}

void CutControl::copy() {
    if (const Held* held = current(); held != nullptr && canShow()) {
        QApplication::clipboard()->setText(
            models::toQString(session::cutWords(*held->choice.plan, held->choice.chosen)));
        Q_EMIT said(tr("Copied: %1 of %2 changes in the words of %3.")
                        .arg(std::ranges::count(held->choice.chosen, true))
                        .arg(held->choice.chosen.size())
                        .arg(models::formTitle(held->choice.plan->form)));
    }
}

QString CutControl::suggestedFile() const {
    if (!canSave()) {
        return {};
    }
    const session::ConfigDocument& document = *current()->choice.plan->document;
    const QFileInfo file(models::toQString(document.file));
    if (document.scenario || !file.exists()) {
        const QString name = models::toQString(current()->choice.plan->snapshot.subject.name);
        return QDir::home().filePath(
            QString(name).replace(QLatin1Char('/'), QLatin1Char('-')) + QStringLiteral("-hardened") +
            (document.scenario ? QStringLiteral(".yaml") : QStringLiteral(".txt")));
    }
    const QString suffix = file.suffix().isEmpty() ? QString() : QLatin1Char('.') + file.suffix();
    return file.dir().filePath(file.completeBaseName() + QStringLiteral(".hardened") + suffix);
}

bool CutControl::isOriginal(const QString& path) const {
    const Held* held = current();
    const QString original =
        held == nullptr || !held->choice.plan->document
            ? QString()
            : QFileInfo(models::toQString(held->choice.plan->document->file)).canonicalFilePath();
    return !original.isEmpty() && QFileInfo(path).canonicalFilePath() == original;
}

QString CutControl::savedWords(const QString& path, const session::AppliedCut& made) {
    QStringList words{tr("Written: %1.").arg(path)};
    for (const std::string& note : made.notes) {
        words << tr("Note: %1.").arg(models::toQString(note));
    }
    if (!made.left.empty()) {
        QStringList left;
        for (const std::string& id : made.left) {
            left << models::toQString(id);
        }
        const qsizetype more = left.size() - kMostNamed;
        const QString named = left.mid(0, kMostNamed).join(QStringLiteral(", "));
        words << tr("Read again, it still has: %1.")
                     .arg(more > 0 ? tr("%1 and %2 more").arg(named).arg(more) : named);
    }
    if (!made.smaller) {
        words << tr("That is more than was predicted: the format could not say a change as it was meant.");
    }
    return words.join(QLatin1Char(' '));
}

void CutControl::saveTo(const QString& path) {
    if (!canSave() || m_writer.running()) {
        return;
    }
    const Held& held = *current();
    m_writer.start<session::AppliedCut>(
        [plan = held.choice.plan, chosen = held.choice.chosen](
            const jobs::ReportProgress& /*report*/, const std::stop_token& /*stop*/) {
            return session::writeChosen(*plan, chosen);
        },
        [this, path, key = held.key](base::Result<session::AppliedCut> made) {
            QString words = made ? writeTextFile(path, made->text) : models::toQString(made.error().message);
            words = words.isEmpty() ? savedWords(path, *made) : tr("Not written. %1").arg(words);
            if (m_onPage == key) {
                m_page.setNote(words);
            }
            Q_EMIT said(words);
        });
}

/// The change in front selects its cell of the canvas.
void CutControl::follow() {
    const Held* held = current();
    const auto change = m_page.model().changeAt(m_page.currentSource());
    if (held == nullptr || !change || m_workspace.oneSubject() >= 0) {
        return;
    }
    const diagram::Slot* slot = models::slotOfFact(
        threat::factPathOf(held->choice.plan->cut.changes[*change].change), held->choice.plan->snapshot);
    const auto columns = static_cast<int>(m_workspace.diagram().columns.size());
    for (int column = 0; slot != nullptr && column < columns; ++column) {
        if (m_workspace.idOfColumn(column) == held->key.subject) {
            m_workspace.select({std::string(slot->id), column});
        }
    }
}

} // namespace bulkhead::main_window
