#pragma once

#include "ui/models/workspace.h"

#include <QAbstractItemModel>
#include <array>
#include <optional>
#include <vector>

namespace bulkhead::models {

/// The format in which subjects are dragged from the list onto the canvas: library ids, separated by spaces.
inline constexpr const char* kSubjectMime = "application/x-bulkhead-subjects";

/// The list at the left: groups, and below each the subjects the window knows. A check shows one as a column.
class SubjectModel : public QAbstractItemModel {
    Q_OBJECT

public:
    explicit SubjectModel(Workspace& workspace, QObject* parent = nullptr);

    /// Library id of an index; -1 for a group.
    [[nodiscard]] int idAt(const QModelIndex& index) const;
    /// The group that an index stands for; nullopt for a subject.
    [[nodiscard]] static std::optional<SubjectGroup> groupAt(const QModelIndex& index);

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;

private:
    static constexpr quintptr kGroupId = 0; ///< internal id of groups; subjects carry their group's row + 1

    void reload();
    [[nodiscard]] QVariant subjectData(const LibraryEntry& entry, int role) const;

    Workspace& m_workspace;
    std::array<std::vector<int>, 5> m_groups; ///< library ids by SubjectGroup
};

} // namespace bulkhead::models
