#include "ui/pages/decisions_page.h"

#include <QComboBox>
#include <QFileInfo>

namespace bulkhead::pages {

namespace {

constexpr auto kFileEntry = "file"; ///< no name of a policy: those have a colon, a dash or an ending

} // namespace

DecisionsPage::DecisionsPage(QWidget* parent)
    : TablePage(*new models::DecisionModel, Kind::table, tr("Decisions"), parent),
      m_model(qobject_cast<models::DecisionModel*>(sourceModel())), m_policies(new QComboBox) {
    m_model->setParent(this);
    setSentences({models::DecisionModel::inputsColumn, models::DecisionModel::referencesColumn});
    addWhole(tr("The decision in front, in full"));
    m_policies->setAccessibleName(tr("Policy"));
    m_policies->setToolTip(tr("The policy that the columns are held against"));
    m_policies->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    addControl(tr("&Policy"), m_policies);
    connect(m_policies, &QComboBox::activated, this, &DecisionsPage::choose);
    setPolicies({});
}

void DecisionsPage::setPolicies(const std::vector<OfferedPolicy>& policies) {
    m_chosen.clear();
    m_policies->clear();
    m_policies->addItem(tr("none"), QString());
    for (const OfferedPolicy& policy : policies) {
        m_policies->addItem(policy.name, policy.name);
        m_policies->setItemData(m_policies->count() - 1, policy.title, Qt::ToolTipRole);
    }
    m_policies->insertSeparator(m_policies->count());
    m_policies->addItem(tr("Own file..."), QString::fromLatin1(kFileEntry));
    m_policies->setItemData(
        m_policies->count() - 1, tr("A policy of your own, as one YAML file"), Qt::ToolTipRole);
    m_policies->setEnabled(!policies.empty());
}

void DecisionsPage::choose(int row) {
    const QString name = m_policies->itemData(row).toString();
    if (name == QLatin1String(kFileEntry)) {
        m_policies->setCurrentIndex(m_policies->findData(m_chosen)); // until a file is chosen
        Q_EMIT fileRequested();
        return;
    }
    m_chosen = name;
    Q_EMIT policyChosen();
}

void DecisionsPage::choosePolicyFile(const QString& path) {
    int row = m_policies->findData(path);
    if (row < 0) {
        row = m_policies->findData(QString::fromLatin1(kFileEntry));
        m_policies->insertItem(row, QFileInfo(path).fileName(), path);
        m_policies->setItemData(row, path, Qt::ToolTipRole);
    }
    m_policies->setCurrentIndex(row);
    m_chosen = path;
    Q_EMIT policyChosen();
}

void DecisionsPage::show(std::vector<policy::Decision> decisions, const QString& note) {
    m_model->show(std::move(decisions));
    const QString summary = m_model->rowCount() > 0 ? m_model->summary() + QLatin1Char('.') : QString();
    const QString empty = m_chosen.isEmpty() && note.isEmpty()
                              ? tr("Choose a policy to hold the columns against it.")
                              : QString();
    setMessage(QStringList{summary, note, empty}.join(QLatin1Char(' ')).trimmed());
}

void DecisionsPage::showFailure(const QString& why) {
    m_model->show({});
    setMessage(why);
}

} // namespace bulkhead::pages
