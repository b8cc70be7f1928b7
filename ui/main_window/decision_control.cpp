#include "ui/main_window/decision_control.h"

#include "ui/main_window/subject_reference.h"
#include "ui/models/cell_text.h"
#include "ui/pages/decisions_page.h"

#include <QFileDialog>

namespace bulkhead::main_window {

using Decisions = std::vector<policy::Decision>;

DecisionControl::DecisionControl(
    const Services& services, models::Workspace& workspace, pages::DecisionsPage& page, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_page(page) {
    std::vector<pages::OfferedPolicy> offered;
    offered.reserve(services.policies.size());
    for (const session::PolicyName& policy : services.policies) {
        offered.push_back({models::toQString(policy.name), models::toQString(policy.title)});
    }
    page.setPolicies(services.check ? offered : std::vector<pages::OfferedPolicy>());
    connect(&page, &pages::DecisionsPage::fileRequested, this, &DecisionControl::chooseFile);
    connect(&page, &pages::DecisionsPage::policyChosen, this, &DecisionControl::decide);
    connect(&workspace, &models::Workspace::diagramChanged, this, &DecisionControl::decide);
    decide();
}

std::vector<session::CheckedSubject> DecisionControl::subjects(QStringList& without) const {
    std::vector<session::CheckedSubject> found;
    for (const int id : m_workspace.state().columns) {
        const models::LibraryEntry& entry = *m_workspace.entry(id);
        if (!entry.view.error.empty()) {
            without << models::toQString(entry.view.name);
            continue;
        }
        found.push_back({entry.view, referenceOf(entry), std::nullopt});
        if (entry.text != nullptr) {
            found.back().text = *entry.text;
        }
    }
    return found;
}

void DecisionControl::chooseFile() {
    auto* dialog = new QFileDialog(&m_page, tr("Open a policy"), QString(), tr("Policies (*.yaml *.yml)"));
    dialog->setObjectName(QStringLiteral("openPolicy"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, &m_page, &pages::DecisionsPage::choosePolicyFile);
    dialog->open();
}

void DecisionControl::decide() {
    const std::string policy = m_page.chosen().toStdString();
    QStringList without;
    std::vector<session::CheckedSubject> asked = subjects(without);
    const QString note =
        policy.empty() || without.isEmpty()
            ? QString()
            : tr("Not decided: %1 (could not be read).").arg(without.join(QStringLiteral(", ")));
    if (!m_services.check || policy.empty() || asked.empty()) {
        m_runner.abandon();
        m_page.show({}, note);
        return;
    }
    m_runner.start<Decisions>(
        [check = m_services.check, policy,
         asked = std::move(asked)](const jobs::ReportProgress& /*report*/, const std::stop_token& /*stop*/) {
            return check(asked, policy);
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
