#include "core/base/escaped.h"
#include "core/report/markdown.h"
#include "core/report/mermaid.h"
#include "tests/core/report/sample_diagram.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

using namespace bulkhead;

/// Writes the flowcharts of a diagram and, beside each, what its rendering must show.
bool writeSample(
    const std::filesystem::path& folder, const std::string& name, const diagram::Diagram& diagram) {
    std::ofstream(folder / (name + ".md")) << report::writeMarkdown(diagram, {}, {.title = "", .version = "0"});
    const auto flowcharts = report::writeMermaid(diagram);
    for (std::size_t at = 0; at < flowcharts.size(); ++at) {
        const std::string stem = name + "-" + std::to_string(at);
        std::ofstream(folder / (stem + ".mmd")) << flowcharts[at].text;
        const std::size_t columns = diagram.columns.size() <= 4 ? diagram.columns.size() : 2;
        nlohmann::json expected = {{"columns", columns}, {"stages", 6}, {"nodes", 7 * (columns + 1)}};
        expected["hostile"] = name.starts_with("hostile");
        expected["names"] = nlohmann::json::array();
        for (const diagram::Column& column : diagram.columns) {
            expected["names"].push_back(base::terminalText(column.name).str());
        }
        expected["texts"] = nlohmann::json::array();
        if (name.starts_with("hostile")) {
            for (const diagram::Cell& cell : diagram.columns.back().cells) {
                if (!cell.text.gap) { // a gap that the baseline has too is named only
                    expected["texts"].push_back(base::terminalText(cell.text.normal).str());
                }
            }
        }
        std::ofstream out(folder / (stem + ".json"));
        out << expected.dump(2) << "\n";
        if (!out) {
            return false;
        }
    }
    return !flowcharts.empty();
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: write_samples DIR\n";
        return 2;
    }
    const std::filesystem::path folder(argv[1]);
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    bool written = !failed;
    for (const std::size_t columns : {2, 3, 4, 8}) {
        written = written &&
                  writeSample(folder, "lab" + std::to_string(columns), report::sample::labDiagram(columns));
    }
    for (const std::size_t columns : {2, 3, 4}) {
        written =
            written &&
            writeSample(folder, "hostile" + std::to_string(columns), report::sample::hostileDiagram(columns));
    }
    written = written && writeSample(folder, "pair", report::sample::labDiagramOf({"default", "privileged"}));
    return written ? 0 : 1;
}
