#pragma once

#include "ui/models/namespace_sharing.h"

#include <QAbstractTableModel>
#include <vector>

namespace bulkhead::models {

/// The namespaces of the subjects: a row for each type, a column for each subject. Cells of one namespace
/// (and of the host's) carry the same letter and tint, so that sharing shows without reading inode numbers.
class NamespaceModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit NamespaceModel(QObject* parent = nullptr);

    void show(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage);

    /// What a letter stands for; one entry for each group, its number is the tint.
    struct LegendEntry {
        QString letter;
        QString text;
        int tint = 0;
    };
    [[nodiscard]] std::vector<LegendEntry> legend() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] int tintOf(int group) const;
    [[nodiscard]] bool rowDiffers(std::size_t row) const;
    [[nodiscard]] QVariant typeData(std::size_t row, int role) const;
    [[nodiscard]] QVariant cellData(const NamespaceCell& cell, int role) const;

    std::vector<diagram::SubjectView> m_subjects; ///< their names only
    NamespaceSharing m_sharing;
};

} // namespace bulkhead::models
