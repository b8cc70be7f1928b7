#include "ui/main_window/decision_control.h"

#include "ui/models/cell_text.h"
#include "ui/pages/decisions_page.h"

#include <QFileInfo>

namespace bulkhead::main_window {

using Decisions = std::vector<policy::Decision>;

DecisionControl::DecisionControl(
    const Services& services, models::Workspace& workspace, pages::DecisionsPage& page, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_page(page) {
    QStringList names;
    for (const std::string& name : services.policies) {
        names << models::toQString(name);
    }
    page.setPolicies(services.check ? names : QStringList());
    connect(&page, &pages::DecisionsPage::policyChosen, this, &DecisionControl::decide);
    connect(&workspace, &models::Workspace::diagramChanged, this, &DecisionControl::decide);
}

std::vector<std::string> DecisionControl::references(QStringList& without) const {
    std::vector<std::string> found;
    for (const int id : m_workspace.state().columns) {
        const models::LibraryEntry& entry = *m_workspace.entry(id);
        if (entry.group == models::SubjectGroup::file && QFileInfo::exists(entry.origin)) {
            found.push_back(entry.origin.toStdString() + "#" + entry.view.name);
        } else if (entry.group == models::SubjectGroup::live && entry.view.enforced) {
            found.push_back(entry.view.enforced->subject.ref);
        } else {
            without << models::toQString(entry.view.name);
        }
    }
    return found;
}

void DecisionControl::decide() {
    const std::string policy = m_page.chosen().toStdString();
    QStringList without;
    std::vector<std::string> subjects = references(without);
    if (!m_services.check || policy.empty() || subjects.empty()) {
        m_runner.abandon();
        m_page.show(
            {}, policy.empty() || without.isEmpty()
                    ? QString()
                    : tr("Policies are decided on files and on what runs; save it as a file first."));
        return;
    }
    const QString note =
        without.isEmpty()
            ? QString()
            : tr("Not decided: %1 (no file, and does not run).").arg(without.join(QStringLiteral(", ")));
    m_runner.start<Decisions>(
        [check = m_services.check, policy, subjects = std::move(subjects)](
            const jobs::ReportProgress& /*report*/, const std::stop_token& /*stop*/) {
            return check(subjects, policy);
        },
        [this, note](base::Result<Decisions> result) {
            if (result) {
                m_page.show(std::move(*result), note);
            } else {
                m_page.showFailure(models::toQString(result.error().message));
            }
        });
}

} // namespace bulkhead::main_window
