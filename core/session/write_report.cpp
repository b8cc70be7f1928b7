#include "core/session/write_report.h"

#include "core/base/version.h"
#include "core/diagram/layout.h"
#include "core/diagram/palette.h"
#include "core/os/output_file.h"
#include "core/report/markdown.h"
#include "core/report/mermaid.h"
#include "core/report/svg.h"
#include "core/session/attack_paths.h"
#include "core/session/capture.h"
#include "core/session/load_judge.h"
#include "core/session/resolve.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace bulkhead::session {

namespace fs = std::filesystem;
using diagram::Diagram;
using diagram::SubjectView;
using model::Vantage;

namespace {

base::Result<Diagram> compareAll(const std::vector<SubjectView>& subjects) {
    const auto vantage = commonVantage(subjects);
    if (!vantage) {
        return std::unexpected(vantage.error());
    }
    diagram::DiagramOptions options;
    options.vantage = *vantage;
    return diagram::buildDiagram(subjects, options);
}

/// What opened and closed against the baseline, and the ways that each subject leaves open.
base::Result<std::string> markdownText(Diagram diagram, const std::vector<SubjectView>& subjects) {
    const auto judge = loadJudge();
    if (!judge) {
        return std::unexpected(judge.error());
    }
    const auto changes = comparePathsOf(subjects, 0, diagram.vantage, *judge);
    if (const std::string sentence = report::pathChangesSentence(changes); !sentence.empty()) {
        diagram.headline += (diagram.headline.empty() ? "" : " ") + sentence;
    }
    report::MarkdownOptions options;
    options.version = std::string(base::kVersion);
    options.paths = report::pathChangesSection(changes) + report::pathsSection(openPathsOf(subjects, *judge));
    return report::writeMarkdown(diagram, subjects, options);
}

std::string svgText(const Diagram& diagram) {
    constexpr double kColumn = 232;
    diagram::LayoutOptions options;
    options.width = 174 + kColumn * static_cast<double>(std::max<std::size_t>(diagram.columns.size(), 2));
    return report::writeSvg(
        diagram::layoutDiagram(diagram, diagram::builtInTextWidth, options), diagram::lightPalette());
}

/// A subject's name as a file name: letters, digits, dot, dash and underscore; others become '-'.
std::string fileNameOf(const std::string& name) {
    std::string out;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_' || (c == '.' && !out.empty());
        out += plain ? c : '-';
    }
    return out.empty() ? "subject" : out;
}

base::Status writeSubject(const SubjectView& subject, const fs::path& folder) {
    std::vector<model::Snapshot> vantages;
    for (const Vantage vantage : {Vantage::declared, Vantage::enforced, Vantage::experienced}) {
        if (subject.at(vantage) != nullptr) {
            vantages.push_back(*subject.at(vantage));
        }
    }
    return os::writeOutputFile(folder / (fileNameOf(subject.name) + ".json"), wire::writeSnapshots(vantages));
}

/// The picture of up to four subjects; of more, one picture of the first four and one of each candidate.
base::Status writeFlowcharts(const std::vector<SubjectView>& subjects, const fs::path& folder) {
    constexpr std::size_t kColumns = 4;
    const std::size_t shown = std::min(subjects.size(), kColumns);
    std::vector<std::pair<std::string, std::vector<SubjectView>>> pictures = {
        {"diagram.mmd", {subjects.begin(), subjects.begin() + static_cast<std::ptrdiff_t>(shown)}}};
    for (std::size_t i = 1; i < subjects.size() && subjects.size() > kColumns; ++i) {
        pictures.push_back(
            {"diagram-" + fileNameOf(subjects[i].name) + ".mmd", {subjects.front(), subjects[i]}});
    }
    for (const auto& [name, columns] : pictures) {
        const auto text = renderReport(columns, folder / name);
        if (!text) {
            return std::unexpected(text.error());
        }
        if (auto written = os::writeOutputFile(folder / name, *text); !written) {
            return written;
        }
    }
    return {};
}

} // namespace

base::Result<std::string>
renderMermaid(const Diagram& diagram, const std::vector<report::SubjectPathChanges>& paths) {
    const auto all = report::writeMermaid(diagram, paths);
    if (all.size() > 1) {
        return base::fail(
            base::ErrorKind::unsupported, "one flowchart holds up to four subjects, these are " +
                                              std::to_string(diagram.columns.size()) +
                                              "; Markdown holds one for each candidate");
    }
    return all.empty() ? "" : all.front().text;
}

base::Result<std::string> renderReport(const std::vector<SubjectView>& subjects, const fs::path& file) {
    const std::string form = file.extension().string();
    if (form != ".md" && form != ".mmd" && form != ".svg") {
        return base::fail(
            base::ErrorKind::unsupported,
            file.string() + ": the ending must be .md, .mmd or .svg in this version");
    }
    auto diagram = compareAll(subjects);
    if (!diagram) {
        return std::unexpected(diagram.error());
    }
    if (form == ".md") {
        return markdownText(std::move(*diagram), subjects);
    }
    return form == ".mmd" ? renderMermaid(*diagram) : svgText(*diagram);
}

base::Status makeLabFolder(const fs::path& folder) {
    if (folder.empty()) {
        return {};
    }
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error && !fs::is_directory(folder, error)) {
        error = std::make_error_code(std::errc::not_a_directory);
    }
    if (!error && ::access(folder.c_str(), W_OK) != 0) {
        error = std::error_code(errno, std::generic_category());
    }
    return error ? base::Status(base::failErrno(error.value(), folder.string())) : base::Status();
}

base::Status writeLabFolder(const std::vector<SubjectView>& subjects, const fs::path& folder) {
    if (auto made = makeLabFolder(folder); !made) {
        return made;
    }
    std::string order;
    for (const SubjectView& subject : subjects) {
        if (auto written = writeSubject(subject, folder); !written) {
            return written;
        }
        order += fileNameOf(subject.name) + ".json\n";
    }
    if (auto written = os::writeOutputFile(folder / kOrderFile, order); !written) {
        return written;
    }
    for (const char* name : {"report.md", "diagram.svg"}) {
        const auto text = renderReport(subjects, folder / name);
        if (!text) {
            return std::unexpected(text.error());
        }
        if (auto written = os::writeOutputFile(folder / name, *text); !written) {
            return written;
        }
    }
    return writeFlowcharts(subjects, folder);
}

} // namespace bulkhead::session
