#pragma once

#include "core/policy/decision.h"

#include <QAbstractTableModel>
#include <vector>

namespace bulkhead::models {

/// Decisions of policies, a row each, with the inputs that decided and where they stand: what is refused
/// first, then what could not be told.
class DecisionModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        subjectColumn,
        verdictColumn,
        ruleColumn,
        reasonColumn,
        inputsColumn,
        placeColumn,
        referencesColumn,
        columnsInAll,
    };

    explicit DecisionModel(QObject* parent = nullptr);

    void show(std::vector<policy::Decision> decisions);
    /// "pss:restricted: 3 denied, 1 cannot be told, 9 allowed".
    [[nodiscard]] QString summary() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<policy::Decision> m_decisions;
};

} // namespace bulkhead::models
