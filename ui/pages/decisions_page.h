#pragma once

#include "ui/models/decision_model.h"
#include "ui/pages/table_page.h"

class QComboBox;

namespace bulkhead::pages {

/// A policy as it can be chosen.
struct OfferedPolicy {
    QString name;
    QString title;
};

/// What a policy decides about the columns, rule by rule, with its inputs.
class DecisionsPage : public TablePage {
    Q_OBJECT

public:
    explicit DecisionsPage(QWidget* parent = nullptr);

    /// The policies to choose from, behind none and before a file of the user's own.
    void setPolicies(const std::vector<OfferedPolicy>& policies);
    [[nodiscard]] QComboBox* policies() const { return m_policies; }
    /// Empty: none is chosen.
    [[nodiscard]] QString chosen() const { return m_chosen; }
    /// Adds a policy file where it is not there yet, and chooses it.
    void choosePolicyFile(const QString& path);
    /// `note` says what was left out; empty where nothing was.
    void show(std::vector<policy::Decision> decisions, const QString& note);
    void showFailure(const QString& why);

Q_SIGNALS:
    void policyChosen();
    /// The user wants to choose a file.
    void fileRequested();

private:
    void choose(int row);

    models::DecisionModel* m_model;
    QComboBox* m_policies;
    QString m_chosen;
};

} // namespace bulkhead::pages
