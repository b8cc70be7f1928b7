#pragma once

#include "core/model/posture.h"

#include <QAbstractItemModel>
#include <QStringList>
#include <vector>

namespace bulkhead::models {

/// What a sweep of the machine found: its subjects, and the posture of each in the same order.
struct MachinePostures {
    model::SubjectList list;
    std::vector<model::Posture> postures;
};

/// The subjects of the machine with their posture, as a tree: kinds, groups that share namespaces, subjects,
/// and what is nested in them.
class PostureModel : public QAbstractItemModel {
    Q_OBJECT

public:
    explicit PostureModel(QObject* parent = nullptr);

    void show(MachinePostures found);
    /// "46 processes looked at: 9 in 3 subjects, 36 on the host".
    [[nodiscard]] QString summary() const;
    /// What could not be seen and which subjects could not be read, a line for each.
    [[nodiscard]] QStringList notes() const;
    /// The posture of a row; nullptr for a kind or a group.
    [[nodiscard]] const model::Posture* postureAt(const QModelIndex& index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    /// A node of the tree, by its place in m_nodes. Node 0 is the invisible root.
    struct Node {
        int posture = -1; ///< counts in the postures; -1: a kind or a group, which is its title alone
        QString title;
        std::size_t parent = 0;
        int row = 0;
        std::vector<std::size_t> children;
    };

    void buildTree();
    std::size_t add(std::size_t parent, Node node);
    /// The most of a column among the subjects below: a group sorts as its strongest member.
    [[nodiscard]] std::int64_t mostBelow(std::size_t node, int column) const;
    [[nodiscard]] std::size_t countBelow(std::size_t node) const;
    [[nodiscard]] QVariant titleData(const Node& node, std::size_t at, int role) const;
    [[nodiscard]] QVariant subjectData(const model::Posture& posture, int role) const;
    [[nodiscard]] QVariant factData(const model::Posture& posture, int column, int role) const;

    MachinePostures m_found;
    std::vector<Node> m_nodes;
};

} // namespace bulkhead::models
