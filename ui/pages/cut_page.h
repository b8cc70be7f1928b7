#pragma once

#include "ui/models/cut_model.h"
#include "ui/pages/table_page.h"

class QAction;
class QComboBox;

namespace bulkhead::pages {

class JobBar;

/// The least that has to be changed of one subject, to choose among, to look at, to copy and to write.
class CutPage : public TablePage {
    Q_OBJECT

public:
    explicit CutPage(QWidget* parent = nullptr);

    /// The subjects to choose from with their library ids; `current` is chosen, else the one before.
    void setSubjects(const std::vector<std::pair<int, QString>>& subjects, int current);
    [[nodiscard]] QComboBox* subjects() const { return m_subjects; }
    /// -1 where there is none.
    [[nodiscard]] int subject() const;
    /// Buttons for what can be done with the choice.
    void setActions(const QList<QAction*>& actions);
    [[nodiscard]] models::CutModel& model() const { return *m_model; }
    [[nodiscard]] JobBar& bar() const { return *m_bar; }

    void showPlan(
        std::shared_ptr<const session::CutPlan> plan, session::CutChoice chosen, const threat::Attack& left);
    void setLeft(const threat::Attack& left);
    /// What was done last, behind what the choice does.
    void setNote(const QString& note);
    /// Why there are no changes to choose among.
    void showFailure(const QString& why);

Q_SIGNALS:
    void subjectChosen();
    void shown();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void say();

    models::CutModel* m_model;
    QComboBox* m_subjects;
    JobBar* m_bar;
    QString m_note;
};

} // namespace bulkhead::pages
