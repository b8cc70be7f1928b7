#pragma once

#include "core/diagram/diagram.h"

#include <QAbstractItemModel>
#include <memory>
#include <optional>
#include <vector>

namespace bulkhead::models {

/// The mounts of one subject as the tree that parent ids make of them.
class MountModel : public QAbstractItemModel {
    Q_OBJECT

public:
    explicit MountModel(QObject* parent = nullptr);

    /// nullptr, unreadable and unstated mounts show nothing; `gap()` then says why.
    void show(const model::Snapshot* snapshot);
    [[nodiscard]] QString gap() const { return m_gap; }

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// A node of the tree, by its place in m_nodes. Node 0 is the invisible root.
    struct Node {
        std::size_t mount = 0;
        std::size_t parent = 0;
        int row = 0;
        std::vector<std::size_t> children;
    };

    void buildTree();
    void adopt(std::size_t parent, std::size_t child);

    std::vector<model::Mount> m_mounts;
    std::vector<Node> m_nodes;
    QString m_gap;
};

} // namespace bulkhead::models
