#include "ui/main_window/threat_control.h"

#include "ui/models/cell_text.h"
#include "ui/models/inspector_threats.h"
#include "ui/pages/canvas_page.h"
#include "ui/pages/inspector_page.h"
#include "ui/pages/tables_page.h"

namespace bulkhead::main_window {

ThreatControl::ThreatControl(
    const Services& services, models::Workspace& workspace, pages::CanvasPage& canvas,
    pages::TablesPage& tables, pages::InspectorPage& inspector, QObject* parent)
    : QObject(parent), m_services(services), m_workspace(workspace), m_canvas(canvas), m_tables(tables),
      m_inspector(inspector) {
    if (m_services.openJudge) {
        connect(&workspace, &models::Workspace::diagramChanged, this, &ThreatControl::judge);
        inspector.setThreats([this](int id, const std::string& slot) {
            const auto found = m_judged.find(id);
            return found == m_judged.end()
                       ? QString()
                       : models::threatsOfSlotHtml(found->second.threats, *found->second.snapshot, slot);
        });
    }
}

void ThreatControl::setShown(bool shown) {
    m_shown = shown;
    showLanes();
}

void ThreatControl::judge() {
    std::vector<Judged> wanted;
    for (const int id : m_workspace.state().columns) {
        const model::Snapshot* snapshot = m_workspace.entry(id)->view.at(m_workspace.vantage());
        if (snapshot != nullptr) {
            wanted.push_back({id, std::make_shared<const model::Snapshot>(*snapshot), {}});
        }
    }
    m_judged.clear(); // of what was shown before
    showLanes();
    m_runner.start<Brought>(
        [wanted = std::move(wanted), judge = m_judge, open = m_services.openJudge](
            const jobs::ReportProgress& /*report*/, const std::stop_token& stop) -> base::Result<Brought> {
            Brought brought{judge, wanted};
            if (!brought.judge) {
                auto opened = open();
                if (!opened) {
                    return std::unexpected(opened.error());
                }
                brought.judge = *opened;
            }
            for (Judged& column : brought.columns) {
                if (stop.stop_requested()) {
                    break;
                }
                column.threats = models::assessThreats(brought.judge, *column.snapshot);
            }
            return brought;
        },
        [this](base::Result<Brought> result) { take(std::move(result)); });
}

void ThreatControl::take(base::Result<Brought> result) {
    if (!result) {
        m_tables.setThreatsMessage(models::toQString(result.error().message));
        return;
    }
    m_judge = result->judge;
    for (Judged& column : result->columns) {
        m_judged.insert_or_assign(column.id, std::move(column));
    }
    show();
}

void ThreatControl::show() {
    std::vector<models::ThreatenedSubject> subjects;
    for (const int id : m_workspace.state().columns) {
        if (const auto found = m_judged.find(id); found != m_judged.end()) {
            subjects.push_back(
                {id, models::toQString(m_workspace.entry(id)->view.name), found->second.snapshot.get(),
                 &found->second.threats});
        }
    }
    m_tables.showThreats(subjects);
    m_inspector.refresh();
    showLanes();
}

void ThreatControl::showLanes() {
    std::vector<diagram::AttackLane> lanes;
    const auto& columns = m_workspace.diagram().columns;
    for (std::size_t i = 0; m_shown && !m_workspace.diagram().oneSubject && i < columns.size(); ++i) {
        const auto found = m_judged.find(m_workspace.idOfColumn(static_cast<int>(i)));
        if (found == m_judged.end()) {
            continue;
        }
        if (auto lane = models::laneOf(i, found->second.threats)) {
            lanes.push_back(std::move(*lane));
        }
    }
    m_canvas.setLanes(std::move(lanes));
}

} // namespace bulkhead::main_window
