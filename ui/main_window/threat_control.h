#pragma once

#include "ui/main_window/services.h"
#include "ui/models/finding_model.h"
#include "ui/models/workspace.h"

#include <QObject>
#include <map>
#include <memory>

namespace bulkhead::pages {
class CanvasPage;
class InspectorPage;
class TablesPage;
} // namespace bulkhead::pages

namespace bulkhead::main_window {

/// Judges the columns off the GUI thread whenever they change, and tells canvas, tables and inspector what
/// threatens them.
class ThreatControl : public QObject {
    Q_OBJECT

public:
    ThreatControl(
        const Services& services, models::Workspace& workspace, pages::CanvasPage& canvas,
        pages::TablesPage& tables, pages::InspectorPage& inspector, QObject* parent = nullptr);

    /// Draws the ways on the canvas.
    void setShown(bool shown);
    [[nodiscard]] bool running() const { return m_runner.running(); }

private:
    using Judge = std::shared_ptr<const threat::Judge>;

    /// A column on its way to the judge and back.
    struct Judged {
        int id = 0;
        std::shared_ptr<const model::Snapshot> snapshot;
        models::ThreatView threats;
    };

    /// What the working thread brings: the judge, made once, and its views.
    struct Brought {
        Judge judge;
        std::vector<Judged> columns;
    };

    void judge();
    void take(base::Result<Brought> result);
    void show();
    void showLanes();

    const Services& m_services;
    models::Workspace& m_workspace;
    pages::CanvasPage& m_canvas;
    pages::TablesPage& m_tables;
    pages::InspectorPage& m_inspector;
    jobs::JobRunner m_runner;
    Judge m_judge;
    std::map<int, Judged> m_judged; ///< by library id
    bool m_shown = false;
};

} // namespace bulkhead::main_window
