#pragma once

#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace bulkhead::dialogs {

/// Every action by name: type a few letters, Enter does it.
class CommandPalette : public QDialog {
    Q_OBJECT

public:
    explicit CommandPalette(const QList<QAction*>& actions, QWidget* parent = nullptr);

    [[nodiscard]] QLineEdit* edit() const { return m_edit; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void run();
    void selectFirst();

    QList<QAction*> m_actions;
    QLineEdit* m_edit;
    QListView* m_list;
    QSortFilterProxyModel* m_filter;
};

} // namespace bulkhead::dialogs
