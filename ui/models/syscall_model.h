#pragma once

#include "ui/models/syscall_table.h"

#include <QAbstractTableModel>

namespace bulkhead::models {

/// The system calls of the subjects: a row for each call, what its filters answer in a column for each
/// subject, conditions on arguments spelled out.
class SyscallModel : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr int kFirstSubject = 2; ///< column, behind the call and its ABI

    explicit SyscallModel(QObject* parent = nullptr);

    void show(const std::vector<diagram::SubjectView>& subjects, const SyscallRequest& request);
    [[nodiscard]] const QStringList& notes() const { return m_notes; }
    /// The ABI and call of a row; both empty for an index of another model.
    [[nodiscard]] std::pair<std::string, std::string> callAt(const QModelIndex& index) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] static QVariant callData(const SyscallRow& row, int role);
    [[nodiscard]] static QVariant cellData(const SyscallCell& cell, int role);

    std::vector<std::string> m_subjects;
    std::vector<SyscallRow> m_rows;
    QStringList m_notes;
};

} // namespace bulkhead::models
