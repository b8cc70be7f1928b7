#include "core/base/escaped.h"
#include "core/diagram/layout.h"
#include "core/diagram/palette.h"
#include "core/diagram/sharing.h"
#include "core/report/markdown.h"
#include "core/report/mermaid.h"
#include "core/report/svg.h"
#include "tests/core/report/sample_diagram.h"
#include "tests/samples/exact_snapshots.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

namespace {

using namespace bulkhead;

constexpr std::size_t kMostColumns = 4;

/// What the drawing of a flowchart must show.
nlohmann::json
expectationOf(const diagram::Diagram& diagram, const std::vector<report::SubjectPathChanges>& paths) {
    const std::size_t columns = diagram.columns.size() <= kMostColumns ? diagram.columns.size() : 2;
    std::set<model::Stage> stages;
    for (const diagram::Row& row : diagram.rows) {
        stages.insert(row.slot->stage);
    }
    std::size_t nodes = (stages.size() + 1) * (columns + 1);
    const auto lines = diagram::linesOf(diagram.shared); // of boxes: a row for each
    nodes += lines.empty() ? 0 : (*std::ranges::max_element(lines) + 1) * (columns + 1);
    nodes += paths.empty() ? 0 : columns + 1;
    nlohmann::json expected = {{"columns", columns}, {"nodes", nodes}};
    expected["shared"] = diagram.shared.size();
    expected["names"] = nlohmann::json::array();
    for (const diagram::Column& column : diagram.columns) {
        expected["names"].push_back(base::terminalText(column.name).str());
    }
    expected["texts"] = nlohmann::json::array();
    for (const diagram::Cell& cell : diagram.columns.back().cells) {
        const bool shown = cell.changed() && !cell.text.gap; // a gap the baseline has too is named only
        if (shown && diagram.columns.size() <= kMostColumns) {
            expected["texts"].push_back(base::terminalText(cell.text.normal).str());
        }
    }
    for (const report::SubjectPathChanges& one : paths) {
        for (const threat::Path& path : one.changes.opened) {
            expected["texts"].push_back(base::terminalText(path.id).str());
        }
    }
    return expected;
}

/// The last column opens one path, the one before it closes one, others do neither.
std::vector<report::SubjectPathChanges> pathsOf(const diagram::Diagram& diagram, const std::string& id) {
    std::vector<report::SubjectPathChanges> out;
    for (const diagram::Column& column : diagram.columns) {
        if (!column.baseline) {
            out.push_back({column.name, {}, {}, {}});
        }
    }
    threat::Path path;
    path.id = id;
    out.back().changes.opened = {path};
    if (out.size() > 1) {
        path.id = "privileged-container";
        out[out.size() - 2].changes.closed = {path};
    }
    return out;
}

/// The report of a diagram in every form, and beside each flowchart what must be seen of it.
class Samples {
public:
    explicit Samples(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    void write(
        const std::string& name, const diagram::Diagram& diagram,
        const std::vector<diagram::SubjectView>& subjects = {},
        const std::vector<report::SubjectPathChanges>& paths = {}) {
        const auto flowcharts = report::writeMermaid(diagram, paths);
        m_written = m_written && !flowcharts.empty();
        for (std::size_t at = 0; at < flowcharts.size(); ++at) {
            const std::string stem = name + "-" + std::to_string(at);
            file(stem + ".mmd", flowcharts[at].text);
            file(stem + ".json", expectationOf(diagram, paths).dump(2));
        }
        file(name + ".md", report::writeMarkdown(diagram, subjects, {.title = "", .version = "0"}));
        const auto layout = diagram::layoutDiagram(diagram, diagram::builtInTextWidth, {});
        file(name + ".svg", report::writeSvg(layout, diagram::lightPalette()));
    }
    [[nodiscard]] bool written() const { return m_written; }

private:
    void file(const std::string& name, const std::string& text) {
        std::ofstream out(m_folder / name, std::ios::binary);
        out << text;
        m_written = m_written && static_cast<bool>(out.flush());
    }

    std::filesystem::path m_folder;
    bool m_written = true;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: write_mermaid_samples DIR\n";
        return 2;
    }
    std::error_code failed;
    std::filesystem::remove_all(argv[1], failed);
    std::filesystem::create_directories(argv[1], failed);
    Samples samples(argv[1]);
    for (const std::size_t columns : {2, 3, 4, 8}) {
        samples.write("lab" + std::to_string(columns), report::sample::labDiagram(columns));
        samples.write("hostile" + std::to_string(columns), report::sample::hostileDiagram(columns));
    }
    for (const std::size_t columns : {2, 3, 4}) {
        const auto lab = report::sample::labDiagram(columns);
        samples.write("paths" + std::to_string(columns), lab, {}, pathsOf(lab, "cap-sys-module"));
        const auto hostile = report::sample::hostileDiagram(columns);
        samples.write(
            "hostile-paths" + std::to_string(columns), hostile, {}, pathsOf(hostile, "a@/%%{x}[\"`<b>#"));
    }
    const auto four = samples::four();
    samples.write("four", diagram::buildDiagram(four, {}), four);
    samples.write("pair", diagram::buildDiagram({four[0], four[3]}, {}), {four[0], four[3]});
    diagram::DiagramOptions differences;
    differences.onlyDifferences = true;
    samples.write("differences", diagram::buildDiagram(four, differences), four);
    samples.write("vantages", diagram::buildVantageDiagram(four[3], {}), {four[3]});
    const auto pod = samples::pod();
    samples.write("pod", diagram::buildDiagram(pod, {}), pod);
    diagram::Diagram groups = report::sample::labDiagram(4);
    groups.shared = {{0, 3, "ipc", "all share ipc"}, {1, 2, "net, uts", "two share net, uts"}};
    samples.write("groups", groups);
    groups = report::sample::labDiagram(4);
    groups.shared = {{0, 1, "user, pid, net, ipc, uts", "two share"}, {2, 3, "net", "two share net"}};
    samples.write("pairs", groups);
    groups = report::sample::labDiagram(3);
    groups.shared = {{1, 2, "net, ipc, uts", "two share net, ipc, uts"}};
    samples.write("neighbours", groups);
    return samples.written() && !failed ? 0 : 1;
}
