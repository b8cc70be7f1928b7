#pragma once

#include "core/diagram/slot.h"

#include <string>

namespace bulkhead::diagram {

// What each slot says of a snapshot, and of a change for the headline. One pair a slot, named after it.

SlotText describeImage(const model::Snapshot& snapshot);
SlotText describeRunsAs(const model::Snapshot& snapshot);
SlotText describeLeftInLayers(const model::Snapshot& snapshot);
SlotText describeAsksFor(const model::Snapshot& snapshot);
SlotText describeHostMounts(const model::Snapshot& snapshot);

SlotText describeRoot(const model::Snapshot& snapshot);
SlotText describeNamespaces(const model::Snapshot& snapshot);
SlotText describeCapabilities(const model::Snapshot& snapshot);
SlotText describeNoNewPrivs(const model::Snapshot& snapshot);
SlotText describeSeccomp(const model::Snapshot& snapshot);
SlotText describeLsm(const model::Snapshot& snapshot);
SlotText describeProtectedPaths(const model::Snapshot& snapshot);
SlotText describeRootFilesystem(const model::Snapshot& snapshot);

SlotText describeSystemCalls(const model::Snapshot& snapshot);
SlotText describeKernelKnobs(const model::Snapshot& snapshot);
SlotText describeDeviceNodes(const model::Snapshot& snapshot);
SlotText describeDevicePolicy(const model::Snapshot& snapshot);
SlotText describeLimits(const model::Snapshot& snapshot);
SlotText describeHostFiles(const model::Snapshot& snapshot);
SlotText describeRuntimeSockets(const model::Snapshot& snapshot);
SlotText describeHostDisks(const model::Snapshot& snapshot);
SlotText describeHostProcesses(const model::Snapshot& snapshot);
SlotText describeHostNetwork(const model::Snapshot& snapshot);
SlotText describeAudit(const model::Snapshot& snapshot);

/// A slot that could not be read: `brief` and `normal` name what is missing, the sentence says why.
[[nodiscard]] SlotText gapText(std::string brief, std::string normal, const model::Unreadable& why);

/// A slot whose fact the vantage does not state.
[[nodiscard]] SlotText unstatedText();

/// The same where the vantage is the experienced one: a gap of that column.
[[nodiscard]] SlotText unseenText();

/// The text of a fact, or its gap; `say(value)` gives the text.
template <class T, class Say>
[[nodiscard]] SlotText textOf(const model::Fact<T>& fact, std::string_view what, Say say) {
    if (fact.unreadable()) {
        return gapText("unread", std::string(what) + " unread", fact.gap());
    }
    return fact.known() ? say(fact.value()) : unstatedText();
}

/// "1 filter", "2 filters".
[[nodiscard]] std::string counted(std::size_t count, std::string_view one, std::string_view many = "");

} // namespace bulkhead::diagram
