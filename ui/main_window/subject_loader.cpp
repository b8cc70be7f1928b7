#include "ui/main_window/subject_loader.h"

#include "ui/models/pasted_text.h"
#include "ui/pages/job_bar.h"

#include <QFileInfo>
#include <algorithm>

namespace bulkhead::main_window {

using base::ErrorKind;

namespace {

/// A document that says what several containers ask for; the columns of recordings and of a lab's results
/// belong together.
bool isForChoice(const std::vector<diagram::SubjectView>& views) {
    return views.size() > 1 && std::ranges::all_of(views, [](const diagram::SubjectView& view) {
               return view.declared && !view.enforced && view.error.empty();
           });
}

} // namespace

SubjectLoader::SubjectLoader(
    const Services& services, models::Workspace& workspace, pages::JobBar& bar, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_bar(bar) {
    connect(&bar, &pages::JobBar::cancelRequested, this, &SubjectLoader::cancel);
}

void SubjectLoader::open(const QStringList& references, models::SubjectGroup group) {
    for (const QString& reference : references) {
        add({reference, group, std::nullopt});
    }
}

void SubjectLoader::openText(const QString& text) {
    if (models::isReference(text)) {
        open({text.trimmed()});
    } else if (!text.trimmed().isEmpty()) {
        add({freeOrigin(models::pastedName(text)), models::SubjectGroup::file, text.toStdString()});
    }
}

void SubjectLoader::add(Pending pending) {
    m_queue.append(std::move(pending));
    if (!m_runner.running() && m_offered.empty()) {
        openNext();
    }
}

void SubjectLoader::cancel() {
    m_queue.clear();
    if (m_runner.running()) {
        m_runner.abandon();
        m_bar.end();
        Q_EMIT failed({}, tr("Canceled. Nothing was put on the canvas."));
        Q_EMIT idle();
    }
}

void SubjectLoader::openNext() {
    if (m_queue.isEmpty()) {
        m_bar.end();
        Q_EMIT idle();
        return;
    }
    const Pending next = m_queue.takeFirst();
    Q_EMIT opening(next.reference);
    m_bar.begin(tr("Opening %1...").arg(next.reference));
    jobs::Work<Subjects> work = [open = m_services.open, reference = next.reference.toStdString()](
                                    const jobs::ReportProgress& /*report*/, const std::stop_token& /*stop*/) {
        return open(reference);
    };
    if (next.text) {
        work = [read = m_services.readText, text = *next.text, name = next.reference.toStdString()](
                   const jobs::ReportProgress& /*report*/,
                   const std::stop_token& /*stop*/) -> base::Result<Subjects> {
            if (text.size() > models::kMostPastedText) {
                return base::fail(
                    ErrorKind::malformed,
                    name + ": larger than " + std::to_string(models::kMostPastedText) + " bytes");
            }
            return read(text, name);
        };
    }
    m_runner.start<Subjects>(std::move(work), [this, next](base::Result<Subjects> result) {
        take(next, std::move(result));
        if (m_offered.empty()) {
            openNext();
        }
    });
}

void SubjectLoader::take(const Pending& pending, base::Result<Subjects> result) {
    if (!result) {
        fail(pending, result.error().message);
        return;
    }
    if (isForChoice(*result)) {
        m_bar.end();
        m_asked = pending;
        m_offered = std::move(*result);
        Q_EMIT choiceNeeded(pending.reference);
        return;
    }
    put(pending, std::move(*result));
}

void SubjectLoader::choose(const std::vector<std::size_t>& places) {
    Subjects chosen;
    for (const std::size_t place : places) {
        chosen.push_back(std::move(m_offered[place]));
    }
    m_offered.clear();
    if (!chosen.empty()) {
        put(m_asked, std::move(chosen));
    }
    if (!m_runner.running()) {
        openNext();
    }
}

void SubjectLoader::put(const Pending& pending, Subjects views) {
    std::vector<int> ids;
    const auto text = pending.text ? std::make_shared<const std::string>(*pending.text) : nullptr;
    for (diagram::SubjectView& view : views) {
        if (pending.text) { // pasted again to be compared: both are there
            view.name = freeName(view.name);
        }
        ids.push_back(m_workspace.putSubject(pending.group, pending.reference, std::move(view), text));
    }
    m_workspace.addColumns(ids);
    if (!pending.text) {
        Q_EMIT opened(pending.reference, pending.group);
    }
}

void SubjectLoader::fail(const Pending& pending, const std::string& message) {
    diagram::SubjectView failedView;
    failedView.name =
        (pending.text ? pending.reference : QFileInfo(pending.reference).fileName()).toStdString();
    failedView.error = message;
    m_workspace.addColumns({m_workspace.putSubject(pending.group, pending.reference, std::move(failedView))});
    Q_EMIT failed(pending.reference, QString::fromStdString(message));
}

/// What is pasted twice was mostly changed in between.
QString SubjectLoader::freeOrigin(const QString& name) const {
    const auto taken = [this](const QString& origin) {
        return std::ranges::any_of(
                   m_workspace.library(), [&](const auto& e) { return e.origin == origin; }) ||
               std::ranges::any_of(m_queue, [&](const Pending& p) { return p.reference == origin; });
    };
    QString origin = name;
    for (int nth = 2; taken(origin); ++nth) {
        origin = QStringLiteral("%1 (%2)").arg(name).arg(nth);
    }
    return origin;
}

std::string SubjectLoader::freeName(const std::string& name) const {
    const auto taken = [this](const std::string& wanted) {
        return std::ranges::any_of(
            m_workspace.library(), [&](const auto& e) { return e.view.name == wanted; });
    };
    std::string free = name;
    for (int nth = 2; taken(free); ++nth) {
        free = name + " (" + std::to_string(nth) + ")";
    }
    return free;
}

} // namespace bulkhead::main_window
