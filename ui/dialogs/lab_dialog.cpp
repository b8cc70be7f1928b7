#include "ui/dialogs/lab_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace bulkhead::dialogs {

namespace {

constexpr int kNameRole = Qt::UserRole + 1;

} // namespace

LabDialog::LabDialog(const std::vector<LabScenario>& scenarios, QWidget* parent)
    : QDialog(parent), m_list(new QListWidget) {
    setWindowTitle(tr("Run the lab"));
    auto* words = new QLabel(
        tr("One image, launched once for each scenario. Everything launched is removed at the end."));
    words->setWordWrap(true);
    for (const LabScenario& scenario : scenarios) {
        const QString name = QString::fromStdString(scenario.name);
        const QString title = QString::fromStdString(scenario.title);
        auto* item = new QListWidgetItem(title.isEmpty() ? name : tr("%1: %2").arg(name, title), m_list);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Checked);
        item->setData(kNameRole, name);
    }
    m_list->setAccessibleName(tr("Scenarios"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton* run = buttons->addButton(tr("Run"), QDialogButtonBox::AcceptRole);
    run->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_list, &QListWidget::itemChanged, this, [this, run] { run->setEnabled(!chosen().empty()); });
    auto* column = new QVBoxLayout(this);
    column->addWidget(words);
    column->addWidget(m_list, 1);
    column->addWidget(buttons);
    resize(560, 320);
}

std::vector<std::string> LabDialog::chosen() const {
    std::vector<std::string> names;
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->checkState() == Qt::Checked) {
            names.push_back(m_list->item(row)->data(kNameRole).toString().toStdString());
        }
    }
    return names;
}

} // namespace bulkhead::dialogs
