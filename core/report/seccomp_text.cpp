#include "core/report/seccomp_text.h"

#include "core/base/bytes.h"
#include "core/seccomp/arch.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace bulkhead::report {

using seccomp::Relation;
using seccomp::VerdictChange;

namespace {

constexpr std::size_t kIndent = 4;
constexpr std::size_t kHang = 4;
constexpr std::string_view kNotRun = " (this kernel does not run it)";

// Words in lines of `columns`, each indented, all but the first by `hang` more; what is longer than a line
// stands alone.
std::string wrapped(
    const std::vector<std::string>& words, std::string_view separator, std::size_t columns,
    std::size_t indent = kIndent, std::size_t hang = 0) {
    std::string text;
    std::string line;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string word = words[i] + (i + 1 < words.size() ? std::string(separator) : "");
        if (!line.empty() && indent + line.size() + 1 + word.size() > columns) {
            text += std::string(indent, ' ') + line + "\n";
            line.clear();
            indent += std::exchange(hang, 0);
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line.empty() ? text : text + std::string(indent, ' ') + line + "\n";
}

/// A line ends where a condition does, not within one, as long as conditions are shorter than lines.
std::string sentence(const std::string& text, std::size_t columns) {
    std::vector<std::string> parts;
    std::vector<std::string> part;
    std::size_t length = 0;
    const auto endPart = [&] {
        if (kIndent + kHang + length <= columns && !part.empty()) {
            part = {fmt::format("{}", fmt::join(part, " "))};
        }
        parts.insert(parts.end(), part.begin(), part.end());
        part.clear();
        length = 0;
    };
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t end = std::min(text.find(' ', from), text.size());
        part.push_back(text.substr(from, end - from));
        length += part.back().size() + 1;
        from = end + 1;
        if (part.back().ends_with("||") || part.back().ends_with(';') || part.back() == "->") {
            endPart();
        }
    }
    endPart();
    return wrapped(parts, "", columns, kIndent, kHang);
}

/// "errno(1) EPERM": what the program that made the call will be told.
std::string named(const seccomp::Answer& answer) {
    const char* name = answer.action == model::SeccompAction::errorNumber
                           ? ::strerrorname_np(static_cast<int>(answer.data))
                           : nullptr;
    return seccomp::toText(answer) + (name != nullptr && answer.data != 0 ? " " + std::string(name) : "");
}

std::string writeArch(const std::string& name, const model::ArchVerdicts& verdicts, std::size_t columns) {
    const seccomp::Arch* arch = seccomp::findArch(name);
    std::string text = name + ":";
    if (!verdicts.reachable) {
        text += kNotRun;
    }
    if (arch != nullptr) {
        const seccomp::CallCount count = seccomp::countCalls(verdicts, *arch);
        text += fmt::format(" {} of {} calls left", count.allowed, count.all);
        text += count.conditional > 0 ? fmt::format(", {} with conditions", count.conditional) : "";
        text += count.undetermined > 0 ? fmt::format(", {} undetermined", count.undetermined) : "";
    }
    text +=
        "\n  all calls but those below:\n" + sentence(
                                                 verdicts.others.cases.empty() && !verdicts.others.doubt
                                                     ? named({verdicts.others.action, verdicts.others.data})
                                                     : seccomp::toText(verdicts.others),
                                                 columns);
    std::map<seccomp::Answer, std::vector<std::string>> plain;
    std::vector<std::string> exempt;
    std::string conditional;
    for (const auto& [raw, verdict] : verdicts.calls) {
        const std::string call = base::textFromBytes(raw);
        if (verdict.kernelExempt.value_or(false)) {
            exempt.push_back(call);
        }
        if (verdict.cases.empty() && !verdict.doubt) {
            plain[{verdict.action, verdict.data}].push_back(call);
        } else {
            conditional += sentence(call + ": " + seccomp::toText(verdict), columns);
        }
    }
    for (const auto& [answer, calls] : plain) {
        text +=
            fmt::format("  {}: {} {}\n", named(answer), calls.size(), calls.size() == 1 ? "call" : "calls") +
            wrapped(calls, ",", columns);
    }
    text += conditional.empty() ? "" : "  by arguments:\n" + conditional;
    text += exempt.empty()
                ? ""
                : "  run by the kernel without asking any filter:\n" + wrapped(exempt, ",", columns);
    return text;
}

/// A heading and the relations that stand below it.
struct Section {
    std::string_view title;
    std::array<Relation, 2> relations;
    bool partial; ///< some arguments get through on the lesser side too
};

constexpr std::array<Section, 7> kSections = {{
    {"only in the second", {Relation::wider, Relation::wider}, false},
    {"only in the first", {Relation::narrower, Relation::narrower}, false},
    {"conditions widened", {Relation::wider, Relation::wider}, true},
    {"conditions narrowed", {Relation::narrower, Relation::narrower}, true},
    {"each allows what the other denies", {Relation::incomparable, Relation::incomparable}, true},
    {"undetermined", {Relation::unknown, Relation::unknown}, true},
    {"denied or logged otherwise", {Relation::otherDenial, Relation::visibility}, true},
}};

bool belongs(const VerdictChange& change, const Section& section) {
    if (std::ranges::find(section.relations, change.relation) == section.relations.end()) {
        return false;
    }
    const bool directed = change.relation == Relation::wider || change.relation == Relation::narrower;
    const bool whole = seccomp::allowsSome(change.before) != seccomp::allowsSome(change.after);
    return !directed || whole != section.partial;
}

/// The calls of a section, those with the same change in one paragraph, in the order of their numbers.
std::string
writeSection(const Section& section, const std::vector<VerdictChange>& changes, std::size_t columns) {
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    for (const VerdictChange& change : changes) {
        if (!belongs(change, section)) {
            continue;
        }
        const std::string what = seccomp::toText(change.before) + " -> " + seccomp::toText(change.after);
        auto group = std::ranges::find(groups, what, &decltype(groups)::value_type::first);
        if (group == groups.end()) {
            group = groups.insert(groups.end(), {what, {}});
        }
        group->second.push_back(base::textFromBytes(change.call));
    }
    std::string text = groups.empty() ? "" : "  " + std::string(section.title) + ":\n";
    for (const auto& [what, calls] : groups) {
        text += calls.size() == 1 ? sentence(calls.front() + ": " + what, columns)
                                  : sentence(fmt::format("{} calls: {}", calls.size(), what), columns) +
                                        wrapped(calls, ",", columns, kIndent + 2);
    }
    return text;
}

/// The ABIs as they are read: the native one first.
template <class Value>
std::vector<std::pair<std::string, const Value*>> inOrder(const std::map<std::string, Value>& all) {
    std::vector<std::pair<std::string, const Value*>> ordered;
    for (const seccomp::Arch& arch : seccomp::arches()) {
        if (const auto found = all.find(std::string(arch.name)); found != all.end()) {
            ordered.emplace_back(found->first, &found->second);
        }
    }
    for (const auto& [name, value] : all) {
        if (seccomp::findArch(name) == nullptr) {
            ordered.emplace_back(name, &value);
        }
    }
    return ordered;
}

} // namespace

std::string writeVerdicts(const seccomp::Verdicts& verdicts, std::size_t columns) {
    std::string text;
    for (const auto& [name, each] : inOrder(verdicts)) {
        text += (text.empty() ? "" : "\n") + writeArch(base::textFromBytes(name), *each, columns);
    }
    return text;
}

std::string writeVerdictChanges(const VerdictChanges& changes, std::size_t columns) {
    std::string text;
    for (const auto& [arch, each] : inOrder(changes)) {
        const std::string name = arch + ":" + (each->reachable ? "" : std::string(kNotRun));
        text += each->calls.empty() ? name + " no difference\n" : name + "\n";
        for (const Section& section : kSections) {
            text += writeSection(section, each->calls, columns);
        }
    }
    return text;
}

} // namespace bulkhead::report
