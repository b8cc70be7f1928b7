#pragma once

#include "core/session/cut_plan.h"

#include <QAbstractItemModel>
#include <QStringList>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::models {

/// The changes that close a subject's ways to the host, a row each with the ways below that it closes; the
/// last row holds the ways that stay open. A check makes a change part of what is shown, copied and written.
class CutModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { changeColumn, wordsColumn, waysColumn, columnsInAll };

    explicit CutModel(QObject* parent = nullptr);

    /// `left` are the ways that stay with the chosen changes. Without a plan there are no rows.
    void showPlan(
        std::shared_ptr<const session::CutPlan> plan, session::CutChoice chosen, const threat::Attack& left);
    /// The ways that stay with the changes that are chosen now.
    void setLeft(const threat::Attack& left);
    [[nodiscard]] const session::CutPlan* plan() const { return m_plan.get(); }
    [[nodiscard]] const session::CutChoice& chosen() const { return m_chosen; }
    /// What the choice does, in a sentence or two.
    [[nodiscard]] QString summary() const;
    /// The change that a row is or lies below; nothing for the ways that stay.
    [[nodiscard]] std::optional<std::size_t> changeAt(const QModelIndex& index) const;
    /// Rows that are one text over all columns.
    [[nodiscard]] bool isSpanned(const QModelIndex& index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void chosenChanged();

private:
    static constexpr quintptr kTop = 0; ///< internal id of rows without one above; others have that row + 1

    /// A way to the host, as a row says it.
    struct Way {
        std::string id;
        QString text;
        QString toolTip;
        bool possible = false; ///< rests on facts that are not known
        bool beyond = false;   ///< no change of the configuration closes it
        bool together = false; ///< the change above closes it only with others
    };

    /// A change with the ways that it closes.
    struct Line {
        QString title;
        QString words;
        std::vector<Way> ways;
    };

    [[nodiscard]] Way wayOf(const threat::Attack& attack, const threat::Path& path) const;
    [[nodiscard]] std::vector<Way> waysLeft(const threat::Attack& left) const;
    [[nodiscard]] bool isOpen(const std::string& id) const;
    [[nodiscard]] static QString stateOf(const Way& way, bool open);
    [[nodiscard]] int stayRow() const { return static_cast<int>(m_lines.size()); }
    [[nodiscard]] bool isTop(const QModelIndex& index) const { return index.internalId() == kTop; }
    [[nodiscard]] QVariant changeData(const QModelIndex& index, int role) const;
    [[nodiscard]] QVariant stayData(const QModelIndex& index, int role) const;
    [[nodiscard]] QVariant wayData(const QModelIndex& index, int role) const;

    std::shared_ptr<const session::CutPlan> m_plan;
    session::CutChoice m_chosen;
    std::vector<Line> m_lines;
    std::vector<Way> m_left;
    bool m_more = false; ///< there are ways beyond those that are listed
};

/// "Compose", "docker run": the format in whose words changes are said.
[[nodiscard]] QString formTitle(claims::ConfigForm form);

} // namespace bulkhead::models
