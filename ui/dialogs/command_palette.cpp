#include "ui/dialogs/command_palette.h"

#include <QAction>
#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace bulkhead::dialogs {

namespace {

constexpr int kActionRole = Qt::UserRole + 1;

QString nameOf(const QAction& action) {
    QString name = action.text();
    name.remove(QLatin1Char('&'));
    const QString keys = action.shortcut().toString(QKeySequence::NativeText);
    return keys.isEmpty() ? name : QStringLiteral("%1   %2").arg(name, keys);
}

} // namespace

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent, Qt::Popup), m_edit(new QLineEdit), m_list(new QListView),
      m_filter(new QSortFilterProxyModel(this)) {
    setAccessibleName(tr("Commands"));
    auto* model = new QStandardItemModel(this);
    for (QAction* action : actions) {
        if (action->isEnabled() && !action->text().isEmpty()) {
            auto* item = new QStandardItem(nameOf(*action));
            item->setToolTip(action->toolTip());
            item->setData(static_cast<int>(m_actions.size()), kActionRole);
            item->setEditable(false);
            model->appendRow(item);
            m_actions << action;
        }
    }
    m_filter->setSourceModel(model);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list->setModel(m_filter);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_edit->setPlaceholderText(tr("Type a command"));
    m_edit->setAccessibleName(tr("Command"));
    m_edit->installEventFilter(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(m_edit);
    column->addWidget(m_list);
    resize(460, 380);
    connect(m_edit, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setFilterFixedString(text);
        selectFirst();
    });
    connect(m_edit, &QLineEdit::returnPressed, this, &CommandPalette::run);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    selectFirst();
    m_edit->setFocus();
}

void CommandPalette::selectFirst() {
    m_list->setCurrentIndex(m_filter->index(0, 0));
}

/// The edit keeps the focus; up and down walk the list below it.
bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown) {
            QCoreApplication::sendEvent(m_list, event);
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::run() {
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid()) {
        return;
    }
    QAction* action = m_actions.at(index.data(kActionRole).toInt());
    accept();
    action->trigger();
}

} // namespace bulkhead::dialogs
