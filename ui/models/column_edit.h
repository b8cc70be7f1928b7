#pragma once

#include "ui/models/workspace.h"

#include <QUndoCommand>

namespace bulkhead::models {

/// One edit of the columns: the states before and after it.
class ColumnEdit : public QUndoCommand {
public:
    ColumnEdit(Workspace& workspace, ColumnState before, ColumnState after, const QString& what);

    void undo() override;
    void redo() override;

private:
    Workspace& m_workspace;
    ColumnState m_before;
    ColumnState m_after;
};

} // namespace bulkhead::models
