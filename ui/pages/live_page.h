#pragma once

#include "core/diagram/palette.h"
#include "ui/models/posture_model.h"

#include <QWidget>

class QAction;
class QLabel;
class QProgressBar;
class QPushButton;

namespace bulkhead::pages {

class ColumnChoice;
class TablePage;

/// What runs on this machine, one line of authority for each subject: the page one starts from where many
/// containers run. The selected rows become columns.
class LivePage : public QWidget {
    Q_OBJECT

public:
    explicit LivePage(QWidget* parent = nullptr);

    void setColours(const diagram::Palette& palette);
    /// Work has begun that can be cancelled; the rows stay.
    void begin(const QString& what);
    void report(int done, int total, const QString& line);
    /// It has ended; `words` say how.
    void end(const QString& words);
    void show(models::MachinePostures found);

    [[nodiscard]] TablePage* table() const { return m_table; }
    [[nodiscard]] ColumnChoice* columnChoice() const { return m_choice; }
    [[nodiscard]] QAction* columnsAction() const { return m_columns; }
    [[nodiscard]] QPushButton* refreshButton() const { return m_refresh; }
    [[nodiscard]] QPushButton* cancelButton() const { return m_cancel; }
    [[nodiscard]] QString state() const;
    /// What the last sweep saw, in one sentence.
    [[nodiscard]] QString summary() const { return m_model->summary(); }
    [[nodiscard]] std::vector<model::SubjectSummary> selected() const;

Q_SIGNALS:
    void refreshRequested();
    void cancelRequested();
    /// The selected subjects shall become columns.
    void columnsRequested();

private:
    void buildHead();
    void buildColumnsAction();
    void updateActions();

    models::PostureModel* m_model;
    TablePage* m_table;
    ColumnChoice* m_choice;
    QAction* m_columns;
    QLabel* m_state;
    QProgressBar* m_bar;
    QPushButton* m_refresh;
    QPushButton* m_cancel;
    QPushButton* m_show;
    bool m_working = false;
};

} // namespace bulkhead::pages
