#pragma once

#include "core/compare/change.h"
#include "core/compare/sides.h"
#include "core/model/snapshot.h"
#include "core/model/walk.h"

#include <string>
#include <utility>
#include <vector>

namespace bulkhead::compare {

/// What a comparison of two values of one fact may look at, and where it leaves its changes.
struct Comparison {
    const Sides<const model::Snapshot&>& snapshots;
    std::vector<Change>& changes;

    void add(std::string path, Value before, Value after, Direction direction, std::string reason) const {
        changes.push_back(
            {std::move(path), std::move(before), std::move(after), direction, std::move(reason)});
    }
};

// Values with an order of their own. Each adds its changes below `path`; equal values add none.
void compareValue(
    const Comparison& to, const std::string& path, const Sides<const model::CapabilitySet&>& sets);
void compareValue(const Comparison& to, const std::string& path, const Sides<const model::IdMap&>& maps);
void compareValue(
    const Comparison& to, const std::string& path, const Sides<const model::PathState&>& states);
void compareValue(
    const Comparison& to, const std::string& path, const Sides<const model::ResourceLimit&>& limits);
void compareValue(const Comparison& to, const std::string& path, const Sides<const model::Limit&>& limits);
void compareValue(
    const Comparison& to, const std::string& path, const Sides<const model::DeviceRules&>& rules);
void compareValue(const Comparison& to, const std::string& path, const Sides<const model::LsmLabel&>& labels);
void compareValue(
    const Comparison& to, const std::string& path, const Sides<const model::SeccompMode&>& modes);
void compareValue(
    const Comparison& to, const std::string& path, const Sides<const std::vector<model::Mount>&>& mounts);
void compareValue(
    const Comparison& to, const std::string& path, const Sides<const std::vector<model::Device>&>& devices);
void compareValue(
    const Comparison& to, const std::string& path,
    const Sides<const std::vector<model::RuntimeSocket>&>& sockets);
void compareValue(
    const Comparison& to, const std::string& path,
    const Sides<const std::map<std::string, model::ArchVerdicts>&>& verdicts);

/// The verdicts of one side against a filter of the other that was not read.
void compareWithUnread(
    const Comparison& to, const std::string& path, const std::map<std::string, model::ArchVerdicts>& known,
    bool knownIsBaseline);

// Plain values, directed by the order their row names.
void compareOrdered(
    const Comparison& to, const std::string& path, const Sides<bool>& values, model::Order order);
void compareOrdered(
    const Comparison& to, const std::string& path, const Sides<std::int64_t>& values, model::Order order);
void compareOrdered(
    const Comparison& to, const std::string& path, const Sides<std::string>& values, model::Order order);
/// Members of a set, one change each: `path["member"]`.
void compareMembers(
    const Comparison& to, const std::string& path, const Sides<std::vector<std::string>>& values,
    model::Order order);

/// A change whose one side could not be read.
void addUnreadable(
    const Comparison& to, const std::string& path, const model::Unreadable* before,
    const model::Unreadable* after);

} // namespace bulkhead::compare
