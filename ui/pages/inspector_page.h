#pragma once

#include "core/diagram/palette.h"
#include "ui/models/workspace.h"

#include <QTextBrowser>

namespace bulkhead::pages {

/// What there is to know about the selected cell or column.
class InspectorPage : public QTextBrowser {
    Q_OBJECT

public:
    explicit InspectorPage(models::Workspace& workspace, QWidget* parent = nullptr);

    void setColours(const diagram::Palette& palette);

private:
    void showSelection();
    [[nodiscard]] QString selectionHtml() const;

    models::Workspace& m_workspace;
    const diagram::Palette* m_palette;
};

} // namespace bulkhead::pages
