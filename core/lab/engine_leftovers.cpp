#include "core/lab/engine_leftovers.h"

#include "core/engines/engine_launch.h"
#include "core/lab/engine_ask.h"
#include "core/os/file.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace bulkhead::lab {

using base::Status;
using engines::EngineEndpoint;
using engines::EngineKind;
using engines::EngineObject;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view kEngineKey = "engine ";
constexpr std::string_view kAsking = "engine-asking";
constexpr std::string_view kAnswered = "engine-answered";
constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kAfterlife =
    std::chrono::milliseconds(2000); // an engine's work on a request that was given up
constexpr auto kPause = std::chrono::milliseconds(100);
constexpr engines::EngineBounds kListBounds{std::chrono::milliseconds(5000)};

std::string whereOf(const EngineEndpoint& endpoint) {
    return std::string(engines::nameOf(endpoint.engine)) + " at " + endpoint.url;
}

std::string unreachable(const EngineEndpoint& endpoint, const base::Error& error) {
    return "what " + whereOf(endpoint) + " holds of it: " + error.message +
           "; start that engine and run bulkhead lab clean again, or remove the folder if it is gone for "
           "good";
}

} // namespace

Status noteEngine(const Place& place, const EngineEndpoint& endpoint) {
    return addToJournal(
        place, std::string(kEngineKey) + std::string(engines::nameOf(endpoint.engine)) + " " + endpoint.url);
}

Status noteAsking(const Place& place, bool asking) {
    return addToJournal(place, std::string(asking ? kAsking : kAnswered));
}

EngineNotes engineNotesOf(const Place& place) {
    EngineNotes notes;
    std::istringstream lines(os::readFile(place.folder / "journal", 1024UL * 1024).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (line == kAsking || line == kAnswered) {
            notes.asking = line == kAsking;
        } else if (line.starts_with(kEngineKey)) {
            const std::string rest = line.substr(kEngineKey.size());
            const auto space = rest.find(' ');
            const auto kind = rest.starts_with("podman ") ? EngineKind::podman : EngineKind::docker;
            notes.endpoints.push_back({kind, rest.substr(space + 1), "the run's journal"});
        }
    }
    return notes;
}

TakenOut takeOut(const EngineEndpoint& endpoint, const RunId& run, bool mayBeAtWork) {
    TakenOut taken;
    std::set<std::string> removed;
    std::string trouble;
    const auto begun = Clock::now();
    auto lastSeen = begun;
    while (Clock::now() < begun + kPatience) {
        const auto objects =
            engines::labelledObjects(endpoint, std::string(kRunLabel) + "=" + run.text(), kListBounds);
        if (!objects) {
            taken.left.push_back(unreachable(endpoint, objects.error()));
            return taken;
        }
        if (objects->empty() && (!mayBeAtWork || Clock::now() - lastSeen > kAfterlife)) {
            return taken;
        }
        bool settled = objects->empty();
        for (const EngineObject& object : *objects) {
            lastSeen = Clock::now();
            const Status gone = engines::removeObject(endpoint, object);
            if (gone && removed.insert(object.id).second) {
                ++(object.kind == engines::EngineObjectKind::container ? taken.containers : taken.images);
            }
            trouble = gone ? trouble : gone.error().message;
            settled = settled || !gone;
        }
        // else the next look shows at once whether they are gone
        std::this_thread::sleep_for(settled ? kPause : std::chrono::milliseconds(0));
    }
    taken.left.push_back("containers or the image in " + whereOf(endpoint) + ": " + trouble);
    return taken;
}

std::vector<EngineLeftover> engineLeftovers() {
    std::vector<EngineLeftover> out;
    std::set<std::string> seen;
    const auto settings = engines::EngineSettings::ofThisProcess();
    for (const EngineKind kind : {EngineKind::docker, EngineKind::podman}) {
        const auto endpoints = engines::findEndpoints(kind, settings);
        for (const EngineEndpoint& endpoint : endpoints.value_or(std::vector<EngineEndpoint>())) {
            const auto objects =
                endpoint.socketPath().empty()
                    ? base::Result<std::vector<EngineObject>>()
                    : engines::labelledObjects(
                          endpoint, std::string(kUserLabel) + "=" + std::to_string(::geteuid()), kListBounds);
            for (const EngineObject& object : objects.value_or(std::vector<EngineObject>())) {
                const auto label = object.labels.find(std::string(kRunLabel));
                const auto run = label == object.labels.end() ? std::nullopt : parseRunId(label->second);
                if (run && seen.insert(endpoint.url + " " + run->text()).second) {
                    out.push_back({*run, endpoint});
                }
            }
        }
    }
    return out;
}

} // namespace bulkhead::lab
