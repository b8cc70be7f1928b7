#include "core/report/markdown_tables.h"

#include "core/model/gaps.h"
#include "core/report/cell_words.h"
#include "core/report/markdown_table.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace bulkhead::report {

namespace {

using base::MarkdownText;
using diagram::Cell;
using diagram::Column;
using diagram::Diagram;

MarkdownText trusted(std::string_view text) {
    return MarkdownText::trusted(text);
}

std::vector<MarkdownText> headOf(std::string_view first, const std::vector<NamedSnapshot>& subjects) {
    std::vector<MarkdownText> head = {trusted(first)};
    for (const NamedSnapshot& subject : subjects) {
        head.push_back(md(subject.name));
    }
    return head;
}

/// Names joined; "all" where it is everyone.
std::string listed(const std::vector<std::string>& names, std::size_t all) {
    if (names.size() == all && all > 1) {
        return "all";
    }
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

/// What could not be read, and by whom; equal gaps of several subjects are one row.
using GapRows = std::map<std::vector<std::string>, std::vector<std::string>>;

std::string unreadableFacts(const std::vector<NamedSnapshot>& subjects) {
    std::vector<std::vector<std::string>> order;
    GapRows rows;
    for (const NamedSnapshot& subject : subjects) {
        for (const model::Gap& gap :
             subject.snapshot == nullptr ? std::vector<model::Gap>{} : model::gapsOf(*subject.snapshot)) {
            std::vector<std::string> key = {gap.path, gap.why.reason, gap.why.needs};
            if (!rows.contains(key)) {
                order.push_back(key);
            }
            rows[key].push_back(subject.name);
        }
    }
    MarkdownTable table({trusted("fact"), trusted("why not"), trusted("needs"), trusted("subjects")});
    for (const auto& key : order) {
        table.add({md(key[0]), md(key[1]), md(key[2]), md(listed(rows[key], subjects.size()))});
    }
    return folded(fmt::format("Every fact that could not be read ({})", order.size()), table.str());
}

std::string gapSentence(const Cell& cell) {
    constexpr std::string_view kIntro = "not known: ";
    const std::string& sentence = cell.text.sentence;
    return sentence.starts_with(kIntro) ? sentence.substr(kIntro.size()) : sentence;
}

MarkdownText cellText(const Cell& cell) {
    if (cell.mark == diagram::Mark::same) {
        return trusted("—");
    }
    const std::string_view glyph = glyphOf(cell);
    const MarkdownText text = md(cell.text.normal);
    return cell.changed() ? trusted(fmt::format("**{}** ", glyph)) + text
                          : trusted(fmt::format("{}{}", glyph, glyph.empty() ? "" : " ")) + text;
}

struct SetLetter {
    char letter;
    const model::Fact<model::CapabilitySet> model::Capabilities::* set;
};

constexpr SetLetter kSets[] = {
    {'E', &model::Capabilities::effective},
    {'P', &model::Capabilities::permitted},
    {'I', &model::Capabilities::inheritable},
    {'B', &model::Capabilities::bounding},
    {'A', &model::Capabilities::ambient}};

std::string setsWith(const model::Snapshot& snapshot, model::Capability capability) {
    std::string letters;
    for (const SetLetter& set : kSets) {
        const auto& fact = snapshot.capabilities.*(set.set);
        if (fact.unreadable()) {
            letters += '?';
        } else if (fact.known() && fact.value().has(capability)) {
            letters += set.letter;
        }
    }
    return letters;
}

std::string namespaceText(const model::Snapshot& snapshot, model::NamespaceType type) {
    const auto found = snapshot.namespaces.find(type);
    if (found == snapshot.namespaces.end()) {
        return "not stated";
    }
    const model::Namespace& space = found->second;
    std::string text = space.declared.valueOr("not stated");
    if (space.sharedWithHost.unreadable()) {
        text = "? " + space.sharedWithHost.gap().reason;
    } else if (space.sharedWithHost.known()) {
        text = space.sharedWithHost.value() ? "the host's" : "own";
    }
    text += space.inode.known() ? fmt::format(" ({})", space.inode.value()) : "";
    return space.sharedWith.empty()
               ? text
               : text + ", with " + listed(space.sharedWith, space.sharedWith.size() + 1);
}

} // namespace

std::string gapsSection(const Diagram& diagram, const std::vector<NamedSnapshot>& subjects) {
    MarkdownTable table({trusted("slot"), trusted("subjects"), trusted("why")});
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        std::map<std::string, std::vector<std::string>> sentences;
        for (const Column& column : diagram.columns) {
            const Cell& cell = cellAt(column, row);
            if (cell.text.gap) {
                sentences[gapSentence(cell)].push_back(column.name);
            }
        }
        for (const auto& [sentence, names] : sentences) {
            table.add(
                {trusted("? ") + md(diagram.rows[row].slot->label), md(listed(names, diagram.columns.size())),
                 md(sentence)});
        }
    }
    const std::string facts = unreadableFacts(subjects);
    return table.empty() && facts.empty() ? "" : "### Not known\n\n" + table.str() + facts;
}

std::string slotsTable(const Diagram& diagram) {
    std::vector<MarkdownText> head = {trusted("stage"), trusted("slot")};
    for (const Column& column : diagram.columns) {
        head.push_back(md(column.name));
    }
    MarkdownTable table(head);
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        const diagram::Slot& slot = *diagram.rows[row].slot;
        const bool first = row == 0 || diagram.rows[row - 1].slot->stage != slot.stage;
        std::vector<MarkdownText> cells = {
            first ? md(model::nameOf(slot.stage)) : MarkdownText(), md(slot.label)};
        for (const Column& column : diagram.columns) {
            cells.push_back(cellText(cellAt(column, row)));
        }
        table.add(cells);
    }
    return folded("Every slot", table.str());
}

std::string capabilitiesTable(const std::vector<NamedSnapshot>& subjects) {
    MarkdownTable table(headOf("capability", subjects));
    std::size_t nowhere = 0;
    for (std::size_t number = 0; number < model::kKnownCapabilities; ++number) {
        const auto capability = static_cast<model::Capability>(number);
        std::vector<MarkdownText> cells = {md(model::capabilityName(capability))};
        bool somewhere = false;
        for (const NamedSnapshot& subject : subjects) {
            const std::string letters =
                subject.snapshot == nullptr ? "" : setsWith(*subject.snapshot, capability);
            somewhere = somewhere || !letters.empty();
            cells.push_back(md(letters));
        }
        if (somewhere) {
            table.add(cells);
        } else {
            ++nowhere;
        }
    }
    const std::string legend = fmt::format(
        "E effective, P permitted, I inheritable, B bounding, A ambient, ? not "
        "readable. {} more are in no set of any subject.\n\n",
        nowhere);
    return table.empty() ? "" : folded("Capabilities by subject", table.str() + legend);
}

std::string namespacesTable(const std::vector<NamedSnapshot>& subjects) {
    MarkdownTable table(headOf("namespace", subjects));
    for (const auto& [type, name] : model::Names<model::NamespaceType>::names) {
        std::vector<MarkdownText> cells = {md(name)};
        for (const NamedSnapshot& subject : subjects) {
            cells.push_back(md(subject.snapshot == nullptr ? "" : namespaceText(*subject.snapshot, type)));
        }
        table.add(cells);
    }
    const bool any =
        std::ranges::any_of(subjects, [](const auto& subject) { return subject.snapshot != nullptr; });
    return any ? folded("Namespaces", table.str()) : "";
}

std::string provenanceTable(const std::vector<NamedSnapshot>& subjects) {
    MarkdownTable table(
        {trusted("subject"), trusted("vantage"), trusted("engine"), trusted("kernel"), trusted("taken"),
         trusted("by")});
    for (const NamedSnapshot& subject : subjects) {
        if (subject.snapshot == nullptr) {
            table.add({md(subject.name), trusted("none")});
            continue;
        }
        const model::Snapshot& snapshot = *subject.snapshot;
        const model::Engine& engine = snapshot.subject.engine;
        const std::string taken =
            snapshot.recorded ? "recorded " + snapshot.recorded->date : snapshot.takenAt;
        table.add(
            {md(subject.name), md(model::nameOf(snapshot.vantage)),
             md(engine.version.empty() ? engine.name : engine.name + " " + engine.version),
             md(snapshot.recorded ? snapshot.recorded->kernel : snapshot.host.kernel.valueOr("not known")),
             md(taken), md(fmt::format("{} {}", snapshot.producer.name, snapshot.producer.version))});
    }
    return folded("Provenance", table.str());
}

} // namespace bulkhead::report
