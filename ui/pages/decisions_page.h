#pragma once

#include "ui/models/decision_model.h"
#include "ui/pages/table_page.h"

class QComboBox;

namespace bulkhead::pages {

/// What a policy decides about the columns, rule by rule, with its inputs.
class DecisionsPage : public TablePage {
    Q_OBJECT

public:
    explicit DecisionsPage(QWidget* parent = nullptr);

    /// The policies to choose from; the first entry is none.
    void setPolicies(const QStringList& names);
    [[nodiscard]] QComboBox* policies() const { return m_policies; }
    /// Empty: none is chosen.
    [[nodiscard]] QString chosen() const;
    /// `note` says what was left out; empty where nothing was.
    void show(std::vector<policy::Decision> decisions, const QString& note);
    void showFailure(const QString& why);

Q_SIGNALS:
    void policyChosen();

private:
    models::DecisionModel* m_model;
    QComboBox* m_policies;
};

} // namespace bulkhead::pages
