#pragma once

#include "core/diagram/palette.h"
#include "ui/models/workspace.h"

#include <QTextBrowser>
#include <functional>
#include <map>

namespace bulkhead::pages {

/// What there is to know about the selected cell or column.
class InspectorPage : public QTextBrowser {
    Q_OBJECT

public:
    explicit InspectorPage(models::Workspace& workspace, QWidget* parent = nullptr);

    void setColours(const diagram::Palette& palette);
    /// Why there is no look from inside at a subject of the library; empty takes it back.
    /// Asked for what threatens a subject at a slot, as HTML of our own; everything from a target escaped.
    void setThreats(std::function<QString(int subject, const std::string& slot)> threats) {
        m_threats = std::move(threats);
    }
    void refresh() { showSelection(); }
    void setRefusal(int subject, const QString& why);

private:
    void showSelection();
    [[nodiscard]] QString selectionHtml() const;

    void addHatch();

    models::Workspace& m_workspace;
    std::map<int, QString> m_refusals; ///< by library id
    std::function<QString(int, const std::string&)> m_threats;
    const diagram::Palette* m_palette;
};

} // namespace bulkhead::pages
