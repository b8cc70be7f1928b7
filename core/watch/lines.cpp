#include "core/watch/lines.h"

#include "core/base/escaped.h"
#include "core/report/changes_json.h"
#include "core/report/line_wrap.h"
#include "core/threat/graph.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bulkhead::watch {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostFacts = 12;
constexpr std::size_t kMostWords = 3; // reasons and actions of one line

/// These hold at least one departure.
bool isOfDeparture(EventKind kind) {
    return kind == EventKind::departure || kind == EventKind::changed || kind == EventKind::ended;
}

/// The first few different ones that are not empty, gravest first.
template <class Value>
std::vector<Value> firstOf(
    const std::vector<Departure>& departures, std::size_t most, std::vector<Value> (*of)(const Departure&)) {
    std::vector<Value> out;
    for (const Departure& departure : departures) {
        for (Value& value : of(departure)) {
            if (out.size() < most && std::ranges::find(out, value) == out.end()) {
                out.push_back(std::move(value));
            }
        }
    }
    return out;
}

std::vector<OpenedPath> opensOf(const Departure& departure) {
    return departure.opens;
}

std::vector<DepartureFact> factsOf(const Departure& departure) {
    return departure.facts;
}

std::vector<std::string> reasonOf(const Departure& departure) {
    return departure.reason.empty() ? std::vector<std::string>() : std::vector{departure.reason};
}

std::vector<std::string> actionOf(const Departure& departure) {
    return departure.action.empty() ? std::vector<std::string>() : std::vector{departure.action};
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += (out.empty() ? "" : "; ") + word;
    }
    return out;
}

Json changeJson(const Departure& departure) {
    return {
        {"path", departure.path},
        {"before", Json::parse(report::valueJson(departure.before))},
        {"after", Json::parse(report::valueJson(departure.after))}};
}

/// What one fact alone would say stands first, so that whoever reads single facts finds the gravest there.
void addDepartures(Json& line, const std::vector<Departure>& departures) {
    const Departure& gravest = departures.front();
    line.update(changeJson(gravest));
    line["direction"] = model::nameOf(gravest.direction);
    line["boundary"] = gravest.boundary;
    line["changes"] = Json::array();
    for (const Departure& departure : departures) {
        line["changes"].push_back(changeJson(departure));
    }
    line["opens"] = Json::array();
    for (const OpenedPath& path : firstOf<OpenedPath>(departures, kMostFacts, opensOf)) {
        line["opens"].push_back(
            {{"id", path.id},
             {"reaches", model::nameOf(path.reaches)},
             {"certainty", path.certainty == model::Truth::yes ? "certain" : "possible"}});
    }
    line["facts"] = Json::array();
    for (const DepartureFact& fact : firstOf<DepartureFact>(departures, kMostFacts, factsOf)) {
        line["facts"].push_back({{"path", fact.path}, {"value", fact.value}, {"source", fact.source}});
    }
    line["reason"] = joined(firstOf<std::string>(departures, kMostWords, reasonOf));
    line["action"] = joined(firstOf<std::string>(departures, kMostWords, actionOf));
}

/// Where a fact stands: "capabilities.effective" of CAP_KILL in it, `mounts["/x"]` of its options.
std::string placeOf(const std::string& path) {
    if (const auto quoted = path.find("\"]"); quoted != std::string::npos) {
        return path.substr(0, quoted + 2);
    }
    const auto dot = path.find('.');
    return path.substr(0, dot == std::string::npos ? dot : path.find('.', dot + 1));
}

/// ", and 26 more: capabilities.effective (13), capabilities.permitted (13)".
std::string othersOf(const std::vector<Departure>& departures) {
    constexpr std::size_t kMostPlaces = 4;
    std::vector<std::pair<std::string, std::size_t>> places;
    for (std::size_t i = 1; i < departures.size(); ++i) {
        const std::string place = placeOf(departures[i].path);
        const auto found = std::ranges::find(places, place, &std::pair<std::string, std::size_t>::first);
        if (found == places.end()) {
            places.emplace_back(place, 1);
        } else {
            ++found->second;
        }
    }
    std::string out;
    for (std::size_t i = 0; i < std::min(places.size(), kMostPlaces); ++i) {
        out += (i == 0 ? "" : ", ") + places[i].first;
        out += places[i].second > 1 ? " (" + std::to_string(places[i].second) + ")" : "";
    }
    out += places.size() > kMostPlaces ? ", ..." : "";
    return places.empty() ? out : ", and " + std::to_string(departures.size() - 1) + " more: " + out;
}

/// What departed, why it matters, what it opens and what to do.
std::vector<std::string> sentencesOf(const std::vector<Departure>& departures) {
    const Departure& gravest = departures.front();
    std::vector<std::string> out = {
        gravest.path + ": " + compare::toText(gravest.before) + " -> " + compare::toText(gravest.after) +
        " (" + gravest.boundary + ")" + othersOf(departures)};
    if (std::string reason = joined(firstOf<std::string>(departures, 1, reasonOf)); !reason.empty()) {
        out.push_back(std::move(reason));
    }
    for (const OpenedPath& path : firstOf<OpenedPath>(departures, kMostWords, opensOf)) {
        out.push_back(
            "opens " + path.id + ", which " +
            (path.certainty == model::Truth::yes ? "reaches " : "may reach ") +
            std::string(threat::rowOf(path.reaches).title));
    }
    if (const std::string action = joined(firstOf<std::string>(departures, kMostWords, actionOf));
        !action.empty()) {
        out.push_back("do: " + action);
    }
    return out;
}

/// "weaker", "ended", "gap": what a line is about.
std::string wordOf(const Event& event) {
    const bool lasts = isOfDeparture(event.kind) && event.kind != EventKind::ended;
    return std::string(lasts ? model::nameOf(event.departures.front().direction) : model::nameOf(event.kind));
}

std::vector<std::string> saidOf(const Event& event) {
    return isOfDeparture(event.kind) ? sentencesOf(event.departures) : std::vector{event.text};
}

} // namespace

std::string writeJsonLine(const Event& event, const std::string& time) {
    Json line = {{"time", time}, {"event", model::nameOf(event.kind)}};
    line["subject"] = event.subject.empty() ? Json() : Json(event.subject);
    line["pid"] = event.pid == 0 ? Json() : Json(event.pid);
    if (isOfDeparture(event.kind)) {
        addDepartures(line, event.departures);
    } else {
        line["text"] = event.text;
    }
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string writeTextLine(const Event& event, const std::string& time) {
    return base::terminalText(
               time + "  " + fmt::format("{:<12}", wordOf(event)) + "  " +
               (event.subject.empty() ? "" : event.subject + "  ") + joined(saidOf(event)))
               .str() +
           "\n";
}

std::string writeTextLines(const Event& event, const std::string& time, std::size_t columns) {
    constexpr std::size_t kIndent = 4;
    const auto wrapped = [&](const std::string& text, std::size_t indent) {
        std::string out;
        const auto lines =
            report::wrapText(base::terminalText(text).str(), report::fitsCells(columns - indent));
        for (const std::string& line : lines) {
            out += std::string(indent, ' ') + line + "\n";
        }
        return out;
    };
    std::string out =
        wrapped(time + " " + wordOf(event) + (event.subject.empty() ? "" : " " + event.subject), 0);
    for (const std::string& sentence : saidOf(event)) {
        out += wrapped(sentence, kIndent);
    }
    return out;
}

namespace {

/// A metric with its help, as the format asks: one HELP and TYPE line before its samples.
std::string headOf(const char* name, const char* type, const char* help) {
    return fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <class T>
std::string single(const char* name, const char* type, const char* help, T value) {
    return headOf(name, type, help) + fmt::format("{} {}\n", name, value);
}

} // namespace

std::string writeMetrics(const Figures& figures, double cpuSeconds, double time) {
    std::string out = single(
        "bulkhead_watch_subjects", "gauge", "Containers and other subjects that are watched.",
        figures.subjects);
    constexpr const char* kDepartures = "bulkhead_watch_departures";
    out += headOf(kDepartures, "gauge", "Departures from the boundary that last, by direction.");
    for (const auto& [direction, name] : model::Names<compare::Direction>::names) {
        const auto found = figures.departures.find(direction);
        if (direction != compare::Direction::neutral) {
            out += fmt::format(
                "{}{{direction=\"{}\"}} {}\n", kDepartures, name,
                found == figures.departures.end() ? 0 : found->second);
        }
    }
    constexpr const char* kPaths = "bulkhead_watch_paths_open";
    out += headOf(kPaths, "gauge", "Attack paths that are open, at most 100 of a subject.");
    out += fmt::format("{}{{certainty=\"certain\"}} {}\n", kPaths, figures.pathsCertain);
    out += fmt::format("{}{{certainty=\"possible\"}} {}\n", kPaths, figures.pathsPossible);
    out += single(
        "bulkhead_watch_unknown_facts", "gauge", "Facts that could not be read.", figures.unknownFacts);
    out += single("bulkhead_watch_gaps", "gauge", "Engines and subjects that cannot be seen.", figures.gaps);
    out += single(
        "bulkhead_watch_first_seen_only", "gauge", "Subjects whose declared boundary is not known.",
        figures.unbounded);
    out += single("bulkhead_watch_looks_total", "counter", "Looks at the machine.", figures.looks);
    out += single(
        "bulkhead_watch_captures_total", "counter", "Subjects that were read in full.", figures.captures);
    out += single("bulkhead_watch_cpu_seconds_total", "counter", "Processor time of the watch.", cpuSeconds);
    out += single(
        "bulkhead_watch_look_duration_seconds", "gauge", "How long the last look took.", figures.seconds);
    out += single(
        "bulkhead_watch_last_look_timestamp_seconds", "gauge", "When it was, in seconds of the epoch.",
        fmt::format("{:.3f}", time));
    return out;
}

} // namespace bulkhead::watch
