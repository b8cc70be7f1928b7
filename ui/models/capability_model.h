#pragma once

#include "core/diagram/diagram.h"
#include "ui/models/capability_scope.h"

#include <QAbstractTableModel>
#include <map>
#include <optional>
#include <vector>

namespace bulkhead::models {

/// One of the five capability sets of capabilities(7), or what an execve can make of them.
struct CapabilitySetRow {
    const char* title;
    model::Fact<model::CapabilitySet> model::Capabilities::* member;
};

[[nodiscard]] const std::vector<CapabilitySetRow>& capabilitySets();

/// The capability matrix: a row for each capability the kernels have, a column for each subject and set.
class CapabilityModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit CapabilityModel(QObject* parent = nullptr);

    /// The subjects' snapshots of one vantage; `set` counts in capabilitySets(), nullopt shows all.
    void
    show(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage, std::optional<int> set);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// A column after the first: whose set it is.
    struct SetColumn {
        std::string subject;
        int set = 0;
        model::Fact<model::CapabilitySet> held;
        std::map<int, CapabilityWorth> worth; ///< of what is held, by number
    };

    [[nodiscard]] QVariant nameData(int row, int role) const;
    [[nodiscard]] QVariant heldData(int row, const SetColumn& column, int role) const;
    [[nodiscard]] bool rowDiffers(int row) const;

    std::vector<SetColumn> m_columns;
    int m_rows = 0;
};

} // namespace bulkhead::models
