#include "ui/dialogs/subject_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace bulkhead::dialogs {

SubjectDialog::SubjectDialog(
    const QString& document, const std::vector<OfferedSubject>& offered, std::size_t room, QWidget* parent)
    : QDialog(parent), m_room(room), m_list(new QListWidget), m_filter(new QLineEdit), m_count(new QLabel) {
    setWindowTitle(tr("Which containers?"));
    auto* words = new QLabel(tr("%1 describes %2 containers.").arg(document).arg(offered.size()));
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter of the containers"));
    m_list->setAccessibleName(tr("Containers"));
    m_list->setUniformItemSizes(true);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_accept = buttons->addButton(tr("Put on the canvas"), QDialogButtonBox::AcceptRole);
    m_accept->setDefault(true);
    auto* all = buttons->addButton(tr("All shown"), QDialogButtonBox::ActionRole);
    auto* none = buttons->addButton(tr("None"), QDialogButtonBox::ActionRole);
    fill(offered);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(all, &QPushButton::clicked, this, [this] { checkAll(true); });
    connect(none, &QPushButton::clicked, this, [this] { checkAll(false); });
    connect(m_filter, &QLineEdit::textChanged, this, &SubjectDialog::filter);
    connect(m_list, &QListWidget::itemChanged, this, &SubjectDialog::updateCount);
    auto* column = new QVBoxLayout(this);
    column->addWidget(words);
    column->addWidget(m_filter);
    column->addWidget(m_list, 1);
    column->addWidget(m_count);
    column->addWidget(buttons);
    resize(560, 380);
    m_list->setFocus();
    m_list->setCurrentRow(0);
    updateCount();
}

void SubjectDialog::fill(const std::vector<OfferedSubject>& offered) {
    for (std::size_t i = 0; i < offered.size(); ++i) {
        const OfferedSubject& one = offered[i];
        auto* item = new QListWidgetItem(
            one.about.isEmpty() ? one.name : tr("%1: %2").arg(one.name, one.about), m_list);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(i < m_room ? Qt::Checked : Qt::Unchecked);
    }
}

void SubjectDialog::filter(const QString& text) {
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        item->setHidden(!item->text().contains(text, Qt::CaseInsensitive));
    }
}

/// Those that the filter hides keep their mark.
void SubjectDialog::checkAll(bool checked) {
    const QSignalBlocker quiet(m_list);
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        if (!checked || !item->isHidden()) {
            item->setCheckState(checked ? Qt::Checked : Qt::Unchecked);
        }
    }
    updateCount();
}

void SubjectDialog::updateCount() {
    const std::size_t count = chosen().size();
    m_count->setText(
        count > m_room ? tr("%1 chosen, and there is room for %2: eight columns can be read side by side.")
                             .arg(count)
                             .arg(m_room)
                       : tr("%1 chosen, room for %2.").arg(count).arg(m_room));
    m_accept->setEnabled(count > 0 && count <= m_room);
}

std::vector<std::size_t> SubjectDialog::chosen() const {
    std::vector<std::size_t> places;
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->checkState() == Qt::Checked) {
            places.push_back(static_cast<std::size_t>(row));
        }
    }
    return places;
}

} // namespace bulkhead::dialogs
