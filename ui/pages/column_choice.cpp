#include "ui/pages/column_choice.h"

#include <QHeaderView>
#include <QMenu>
#include <QToolButton>

namespace bulkhead::pages {

ColumnChoice::ColumnChoice(QHeaderView& header, QObject* parent)
    : QObject(parent), m_header(header), m_menu(new QMenu(&header)), m_button(new QToolButton) {
    m_button->setText(tr("Columns"));
    m_button->setToolTip(tr("Which columns are shown (also the header's menu)"));
    m_button->setPopupMode(QToolButton::InstantPopup);
    m_button->setFocusPolicy(Qt::TabFocus);
    m_button->setMenu(m_menu);
    m_header.setContextMenuPolicy(Qt::CustomContextMenu);
    connect(&m_header, &QWidget::customContextMenuRequested, this, [this](const QPoint& position) {
        m_menu->popup(m_header.mapToGlobal(position));
    });
    connect(m_menu, &QMenu::aboutToShow, this, &ColumnChoice::fill);
}

void ColumnChoice::fill() {
    m_menu->clear();
    for (int section = 1; section < m_header.count(); ++section) {
        QAction* action = m_menu->addAction(title(section));
        action->setCheckable(true);
        action->setChecked(!m_header.isSectionHidden(section));
        connect(action, &QAction::toggled, this, [this, section](bool shown) { set(section, shown); });
    }
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("Show all")), &QAction::triggered, this, [this] { hide({}); });
}

void ColumnChoice::set(int section, bool shown) {
    m_header.setSectionHidden(section, !shown);
    Q_EMIT changed();
}

QString ColumnChoice::title(int section) const {
    return m_header.model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString();
}

QStringList ColumnChoice::hidden() const {
    QStringList titles;
    for (int section = 1; section < m_header.count(); ++section) {
        if (m_header.isSectionHidden(section)) {
            titles << title(section);
        }
    }
    return titles;
}

void ColumnChoice::hide(const QStringList& titles) {
    for (int section = 1; section < m_header.count(); ++section) {
        m_header.setSectionHidden(section, titles.contains(title(section)));
    }
    Q_EMIT changed();
}

} // namespace bulkhead::pages
