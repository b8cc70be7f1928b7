#include "core/watch/lines.h"

#include "core/base/escaped.h"
#include "core/threat/graph.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <variant>

namespace bulkhead::watch {

namespace {

using Json = nlohmann::ordered_json;

struct ValueJson {
    Json operator()(const compare::Absent& /*absent*/) const { return "absent"; }
    Json operator()(const model::Unreadable& /*why*/) const { return nullptr; }
    template <class T>
    Json operator()(const T& value) const {
        return value;
    }
};

bool isOfDeparture(EventKind kind) {
    return kind == EventKind::departure || kind == EventKind::changed || kind == EventKind::ended;
}

void addDeparture(Json& line, const Departure& departure) {
    line["path"] = departure.path;
    line["before"] = std::visit(ValueJson{}, departure.before);
    line["after"] = std::visit(ValueJson{}, departure.after);
    line["direction"] = model::nameOf(departure.direction);
    line["boundary"] = departure.boundary;
    line["opens"] = Json::array();
    for (const OpenedPath& path : departure.opens) {
        line["opens"].push_back(
            {{"id", path.id},
             {"reaches", model::nameOf(path.reaches)},
             {"certainty", path.certainty == model::Truth::yes ? "certain" : "possible"}});
    }
    line["facts"] = Json::array();
    for (const DepartureFact& fact : departure.facts) {
        line["facts"].push_back({{"path", fact.path}, {"value", fact.value}, {"source", fact.source}});
    }
    line["reason"] = departure.reason;
    line["action"] = departure.action;
}

std::string textOf(const Departure& departure) {
    std::string out = departure.path + ": " + compare::toText(departure.before) + " -> " +
                      compare::toText(departure.after) + " (" + departure.boundary + ")";
    out += departure.reason.empty() ? "" : "; " + departure.reason;
    for (const OpenedPath& path : departure.opens) {
        out += "; opens " + path.id + ", which " +
               (path.certainty == model::Truth::yes ? "reaches " : "may reach ") +
               std::string(threat::rowOf(path.reaches).title);
    }
    return departure.action.empty() ? out : out + "; do: " + departure.action;
}

} // namespace

std::string writeJsonLine(const Event& event, const std::string& time) {
    Json line = {{"time", time}, {"event", model::nameOf(event.kind)}};
    line["subject"] = event.subject.empty() ? Json() : Json(event.subject);
    line["pid"] = event.pid == 0 ? Json() : Json(event.pid);
    if (isOfDeparture(event.kind)) {
        addDeparture(line, event.departure);
    } else {
        line["text"] = event.text;
    }
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string writeTextLine(const Event& event, const std::string& time) {
    std::string out = time;
    if (isOfDeparture(event.kind)) {
        const std::string word(
            event.kind == EventKind::ended ? "ended" : model::nameOf(event.departure.direction));
        out += "  " + fmt::format("{:<12}", word) + "  " + event.subject + "  " + textOf(event.departure);
    } else {
        out += "  " + fmt::format("{:<12}", model::nameOf(event.kind)) + "  " +
               (event.subject.empty() ? "" : event.subject + "  ") + event.text;
    }
    return base::terminalText(out).str() + "\n";
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
