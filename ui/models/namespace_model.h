#pragma once

#include "core/diagram/diagram.h"
#include "core/diagram/palette.h"

#include <QAbstractTableModel>
#include <QColor>
#include <map>
#include <vector>

namespace bulkhead::models {

/// The namespaces of the subjects: a row for each type, a column for each subject. Cells of one namespace
/// (and of the host's) carry the same letter and the same tint, so that sharing shows without reading inode
/// numbers.
class NamespaceModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit NamespaceModel(QObject* parent = nullptr);

    void show(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage);
    void setTints(const std::vector<QColor>& tints);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// One namespace of one subject, as the table says it.
    struct Entry {
        QString text;
        QString toolTip;
        QString identity; ///< boot and inode; empty where unknown
        int shared = -1;  ///< number of the sharing within its row; -1: nobody else is in it
    };

    [[nodiscard]] static Entry entryOf(const model::Namespace* space, const QString& boot);
    static void numberShared(std::vector<Entry>& row);

    std::vector<std::string> m_subjects;
    std::vector<std::vector<Entry>> m_rows;
    std::vector<QColor> m_tints;
};

} // namespace bulkhead::models
