#pragma once

#include "core/seccomp/disassemble.h"
#include "core/seccomp/follow.h"
#include "ui/models/filter_stack.h"

#include <QAbstractTableModel>
#include <optional>
#include <vector>

namespace bulkhead::models {

/// One filter program as a listing, a row for each instruction. A call can be followed through it: the
/// instructions that name it, ask its arguments and answer it stand out.
class ProgramModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit ProgramModel(QObject* parent = nullptr);

    /// Names of calls are those of `arch` where the program has not tested an architecture.
    void show(seccomp::Program program, const std::string& arch);
    void follow(std::optional<FollowedCall> call);
    /// The lines that answer the followed call.
    [[nodiscard]] std::vector<int> answers() const;
    /// The first line that is about the followed call in particular; -1 without one.
    [[nodiscard]] int firstTelling() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] seccomp::Step stepAt(int row) const;
    [[nodiscard]] QString text(int row, int column) const;

    seccomp::Program m_program;
    std::vector<seccomp::Line> m_lines;
    std::optional<FollowedCall> m_call;
    std::vector<seccomp::Step> m_steps; ///< empty where nothing is followed
};

} // namespace bulkhead::models
