#pragma once

#include <QObject>
#include <QStringList>

class QHeaderView;
class QMenu;
class QToolButton;

namespace bulkhead::pages {

/// Which columns of a table are shown: a menu on its header and on a button for the keyboard. The first
/// column names the row and stays.
class ColumnChoice : public QObject {
    Q_OBJECT

public:
    explicit ColumnChoice(QHeaderView& header, QObject* parent = nullptr);

    /// A button that opens the menu; the caller places it.
    [[nodiscard]] QToolButton* button() const { return m_button; }
    /// The titles of the columns that are hidden; those that no column has are left out.
    [[nodiscard]] QStringList hidden() const;
    void hide(const QStringList& titles);

Q_SIGNALS:
    void changed();

private:
    void fill();
    void set(int section, bool shown);
    [[nodiscard]] QString title(int section) const;

    QHeaderView& m_header;
    QMenu* m_menu;
    QToolButton* m_button;
};

} // namespace bulkhead::pages
