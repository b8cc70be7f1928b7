#include "tests/core/report/sample_diagram.h"

#include "core/diagram/palette.h"

#include <algorithm>
#include <array>
#include <map>

namespace bulkhead::report::sample {

namespace {

using compare::Direction;
using diagram::Cell;
using diagram::Column;
using diagram::Mark;
using diagram::Slot;
using model::Stage;

constexpr Slot slot(std::string_view id, Stage stage, std::string_view label) {
    return {
        .id = id,
        .stage = stage,
        .label = label,
        .question = "",
        .declared = stage == Stage::runtimeConfig,
        .facts = {},
        .describe = nullptr,
        .headline = nullptr};
}

constexpr std::array kSlots = {
    slot("image", Stage::image, "image"),
    slot("runsAs", Stage::image, "runs as"),
    slot("layers", Stage::image, "left in layers"),
    slot("asks", Stage::runtimeConfig, "asks for"),
    slot("hostMounts", Stage::runtimeConfig, "host mounts"),
    slot("root", Stage::checkpoint, "root in here is"),
    slot("namespaces", Stage::checkpoint, "namespaces"),
    slot("capabilities", Stage::checkpoint, "capabilities"),
    slot("nnp", Stage::checkpoint, "no_new_privs"),
    slot("seccomp", Stage::checkpoint, "seccomp"),
    slot("lsm", Stage::checkpoint, "LSM"),
    slot("paths", Stage::checkpoint, "protected paths"),
    slot("rootfs", Stage::checkpoint, "root filesystem"),
    slot("calls", Stage::hostKernel, "system calls left"),
    slot("knobs", Stage::hostKernel, "kernel knobs"),
    slot("devices", Stage::hostKernel, "device nodes"),
    slot("policy", Stage::hostKernel, "device policy"),
    slot("limits", Stage::hostKernel, "limits"),
    slot("files", Stage::hostResource, "host files"),
    slot("disks", Stage::hostResource, "host disks"),
    slot("audit", Stage::evidence, "would anyone see it"),
};

const std::map<std::string_view, std::string_view> kBaseline = {
    {"image", "busybox 1.35"},
    {"runsAs", "root"},
    {"asks", "defaults"},
    {"hostMounts", "none"},
    {"root", "host root"},
    {"namespaces", "5 of 8 own"},
    {"capabilities", "14 over host"},
    {"nnp", "off"},
    {"seccomp", "1 filter"},
    {"lsm", "none"},
    {"paths", "8"},
    {"rootfs", "writable"},
    {"knobs", "read-only"},
    {"devices", "standard"},
    {"policy", "listed"},
    {"limits", "none"},
    {"files", "none"},
    {"disks", "none"}};

struct Differs {
    std::string_view slot;
    Mark mark;
    std::string_view normal;
    std::string_view brief;
    std::string_view detail;
};

const std::map<std::string_view, std::vector<Differs>> kCandidates = {
    {"read-only",
     {{"asks", Mark::stronger, "read-only root", "ro root", "stronger: asks for a read-only root"},
      {"rootfs", Mark::stronger, "read-only", "ro", "stronger: nothing can be written to it"}}},
    {"rootless",
     {{"asks", Mark::stronger, "user namespace", "userns", "stronger: asks for a user namespace"},
      {"root", Mark::stronger, "uid 100000", "100000", "stronger: root in here is uid 100000 outside"},
      {"namespaces", Mark::stronger, "6 of 8 own", "6 of 8", "stronger: its own user namespace"},
      {"capabilities", Mark::stronger, "14, not over host", "14 below",
       "stronger: 14 capabilities, none of them over the host"}}},
    {"privileged",
     {{"asks", Mark::weaker, "everything", "all", "weaker: asks for every capability and device"},
      {"capabilities", Mark::weaker, "40 over host", "40",
       "weaker: 40 of 41 capabilities over the host, was 14; adds SYS_ADMIN, SYS_MODULE and 24 more"},
      {"seccomp", Mark::weaker, "none", "none", "weaker: no filter, was 1"},
      {"paths", Mark::weaker, "0", "0", "weaker: 0 paths masked or read-only, were 8"},
      {"calls", Mark::incomparable, "all", "all", "incomparable: the filter of the baseline was not read"},
      {"knobs", Mark::weaker, "writable", "writable", "weaker: /proc/sys, /sys and cgroup are writable"},
      {"devices", Mark::weaker, "+94", "+94", "weaker: 94 more entries in /dev"},
      {"policy", Mark::weaker, "all", "all", "weaker: every device may be opened"},
      {"disks", Mark::weaker, "10 block devices", "10", "weaker: 10 block devices of the host"}}},
    {"host-directory",
     {{"asks", Mark::weaker, "1 host mount", "1 mount", "weaker: asks for a host directory"},
      {"hostMounts", Mark::weaker, "/srv/lab at /data", "1", "weaker: /srv/lab at /data, read-write"},
      {"files", Mark::weaker, "/srv/lab writable", "1 rw", "weaker: /srv/lab can be written"}}},
    {"hardened",
     {{"nnp", Mark::stronger, "on", "on", "stronger: execve cannot raise privileges"},
      {"capabilities", Mark::stronger, "none", "none", "stronger: no capability, were 14"},
      {"limits", Mark::stronger, "pids, memory", "2", "stronger: pids and memory are limited"}}},
    {"web-1", {}},
    {"web-2", {{"runsAs", Mark::neutral, "daemon", "daemon", "neutral: another name"}}},
};

Cell cellSaying(Mark mark, diagram::SlotText text) {
    Cell cell;
    cell.mark = mark;
    cell.text = std::move(text);
    return cell;
}

Cell candidateCell(const Slot& row, const std::vector<Differs>& differs) {
    const auto found = std::ranges::find(differs, row.id, &Differs::slot);
    if (found == differs.end()) {
        return cellSaying(Mark::same, says(std::string(kBaseline.at(row.id))));
    }
    Cell cell = cellSaying(
        found->mark,
        {.brief = std::string(found->brief), .normal = std::string(found->normal), .sentence = {}});
    cell.detail = found->detail;
    compare::Change change;
    change.path = std::string(row.id) + ".fact";
    change.before = std::string(kBaseline.contains(row.id) ? kBaseline.at(row.id) : "");
    change.after = std::string(found->normal);
    change.direction = static_cast<Direction>(static_cast<int>(found->mark) - static_cast<int>(Mark::weaker));
    change.reason = cell.detail.substr(cell.detail.find(": ") + 2);
    cell.changes = {change};
    return cell;
}

Cell gapCell(const std::string& text) {
    Cell cell;
    cell.mark = Mark::gap;
    cell.text = {.brief = "unread", .normal = text, .sentence = "not known: " + text, .gap = true};
    return cell;
}

void count(Column& column) {
    for (std::size_t row = 0; row < column.cells.size(); ++row) {
        const Mark mark = kSlots[row].stage == Stage::runtimeConfig ? Mark::same : column.cells[row].mark;
        column.counts.weaker += mark == Mark::weaker ? 1 : 0;
        column.counts.stronger += mark == Mark::stronger ? 1 : 0;
        column.counts.neutral += mark == Mark::neutral ? 1 : 0;
        column.counts.incomparable += mark == Mark::incomparable ? 1 : 0;
        const bool notch = mark == Mark::weaker && kSlots[row].stage == Stage::checkpoint;
        column.wall.notches += notch ? 1 : 0;
    }
    using diagram::WallKind;
    if (column.wall.notches > 0) {
        column.wall.kind = WallKind::notched;
    } else if (column.counts.stronger > 0 && column.counts.weaker == 0) {
        column.wall.kind = WallKind::solid;
    }
}

Column columnNamed(std::string_view name, std::size_t index) {
    Column column;
    column.name = name;
    column.baseline = index == 0;
    column.subject = index;
    column.engine = "runc 1.1.5";
    for (const Slot& row : kSlots) {
        if (row.id == "layers") {
            column.cells.push_back(gapCell("not inspected"));
        } else if (row.id == "audit") {
            column.cells.push_back(gapCell("audit unread"));
        } else if (row.id == "calls" && name != "privileged") {
            column.cells.push_back(gapCell("filter unread"));
        } else if (index == 0) {
            column.cells.push_back(cellSaying(Mark::value, says(std::string(kBaseline.at(row.id)))));
        } else {
            column.cells.push_back(candidateCell(row, kCandidates.at(name)));
        }
    }
    if (name == "privileged") {
        column.cells[7].contradictions.push_back(
            {.path = "capabilities.effective",
             .declared = std::vector<std::string>(41, "CAP"),
             .enforced = std::vector<std::string>(40, "CAP"),
             .experienced = compare::Absent{},
             .direction = Direction::stronger,
             .cause = "the launcher lacks CAP_SYS_RESOURCE"});
        column.contradictions = 1;
    }
    count(column);
    return column;
}

} // namespace

diagram::SlotText says(std::string normal) {
    std::string brief = normal.substr(0, 9);
    return {.brief = std::move(brief), .normal = normal, .sentence = normal};
}

diagram::Diagram labDiagramOf(const std::vector<std::string_view>& names) {
    diagram::Diagram diagram;
    diagram.headline = "privileged: 7 weaker. 26 more capabilities, no seccomp filter, every "
                       "host device.";
    for (const std::string_view name : names) {
        diagram.columns.push_back(columnNamed(name, diagram.columns.size()));
    }
    for (std::size_t row = 0; row < kSlots.size(); ++row) {
        diagram::Row made;
        made.slot = &kSlots[row];
        made.sharedGap = kSlots[row].id == "layers" || kSlots[row].id == "audit";
        made.sharedGapText =
            kSlots[row].id == "layers" ? "not inspected, all columns" : "audit unread, all columns";
        made.differs = std::ranges::any_of(diagram.columns, [&](const Column& column) {
            const Mark mark = column.cells[row].mark;
            return mark != Mark::value && mark != Mark::same && mark != Mark::gap;
        });
        diagram.rows.push_back(made);
    }
    return diagram;
}

diagram::Diagram labDiagram(std::size_t columns) {
    static const std::vector<std::string_view> kNames = {
        "default", "read-only", "rootless", "privileged", "host-directory", "hardened", "web-1", "web-2"};
    return labDiagramOf({kNames.begin(), kNames.begin() + static_cast<std::ptrdiff_t>(columns)});
}

const std::vector<std::string>& hostileTexts() {
    static const std::vector<std::string> kTexts = {
        R"(%%{init: {"theme":"dark"}}%%)",
        "<img src=x onerror=alert(1)>",
        "$$x$$",
        "fa:fa-home",
        "`code` first",
        R"(say "quoted" 'single')",
        "end",
        "A---oB",
        "\u202Egnp.exe",
        "/very" + std::string(290, 'y') + "/long",
        "one\ntwo",
        "`**bold**`",
        "a;b#35;c",
        "&lt;b&gt; &amp;",
        "L0 ~~~ A0",
        "| pipe [link](javascript:alert(1))",
        "</details><script>alert(1)</script>",
        "\x1b[31mred",
        "click A0 call alert()",
        "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"};
    return kTexts;
}

diagram::Diagram hostileDiagram(std::size_t columns) {
    diagram::Diagram diagram = labDiagram(columns);
    diagram.headline = hostileTexts()[1];
    std::size_t next = 0;
    const auto hostile = [&next] { return hostileTexts()[next++ % hostileTexts().size()]; };
    for (Column& column : diagram.columns) {
        column.name = hostile();
    }
    for (Column& column : diagram.columns) {
        for (Cell& cell : column.cells) {
            cell.text = {.brief = "brief", .normal = hostile(), .sentence = "", .gap = cell.text.gap};
            if (cell.mark == Mark::same) {
                cell.mark = Mark::weaker;
            }
        }
        column.cells[7].contradictions = {
            {.path = "x",
             .declared = hostile(),
             .enforced = hostile(),
             .experienced = compare::Absent{},
             .direction = Direction::weaker,
             .cause = hostile()}};
    }
    return diagram;
}

} // namespace bulkhead::report::sample
