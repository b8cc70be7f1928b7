#include "ui/pages/decisions_page.h"

#include <QComboBox>

namespace bulkhead::pages {

DecisionsPage::DecisionsPage(QWidget* parent)
    : TablePage(*new models::DecisionModel, Kind::table, tr("Decisions"), parent),
      m_model(qobject_cast<models::DecisionModel*>(sourceModel())), m_policies(new QComboBox) {
    m_model->setParent(this);
    m_policies->setAccessibleName(tr("Policy"));
    m_policies->setToolTip(tr("The policy that the columns are held against"));
    addControl(tr("&Policy"), m_policies);
    connect(m_policies, &QComboBox::activated, this, &DecisionsPage::policyChosen);
    setPolicies({});
}

void DecisionsPage::setPolicies(const QStringList& names) {
    m_policies->clear();
    m_policies->addItem(tr("none"), QString());
    for (const QString& name : names) {
        m_policies->addItem(name, name);
    }
    m_policies->setEnabled(!names.isEmpty());
}

QString DecisionsPage::chosen() const {
    return m_policies->currentData().toString();
}

void DecisionsPage::show(std::vector<policy::Decision> decisions, const QString& note) {
    m_model->show(std::move(decisions));
    const QString summary = m_model->rowCount() > 0 ? m_model->summary() + QLatin1Char('.') : QString();
    setMessage(QStringList{summary, note}.join(QLatin1Char(' ')).trimmed());
}

void DecisionsPage::showFailure(const QString& why) {
    m_model->show({});
    setMessage(why);
}

} // namespace bulkhead::pages
