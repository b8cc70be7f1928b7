#include "ui/models/column_edit.h"

#include <utility>

namespace bulkhead::models {

ColumnEdit::ColumnEdit(Workspace& workspace, ColumnState before, ColumnState after, const QString& what)
    : QUndoCommand(what), m_workspace(workspace), m_before(std::move(before)), m_after(std::move(after)) {}

void ColumnEdit::undo() {
    m_workspace.restore(m_before);
}

void ColumnEdit::redo() {
    m_workspace.restore(m_after);
}

} // namespace bulkhead::models
