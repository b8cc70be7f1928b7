#pragma once

#include "core/compare/sides.h"
#include "core/diagram/diagram.h"
#include "core/diagram/palette.h"
#include "core/model/snapshot.h"

#include <string>

namespace bulkhead::diagram {

using SnapshotSides = compare::Sides<const model::Snapshot&>;

// What a changed slot says in the headline, as a clause: "26 more capabilities".

std::string headlineOfImage(const SnapshotSides& sides);
std::string headlineOfRunsAs(const SnapshotSides& sides);
std::string headlineOfRoot(const SnapshotSides& sides);
std::string headlineOfNamespaces(const SnapshotSides& sides);
std::string headlineOfCapabilities(const SnapshotSides& sides);
std::string headlineOfNoNewPrivs(const SnapshotSides& sides);
std::string headlineOfSeccomp(const SnapshotSides& sides);
std::string headlineOfSystemCalls(const SnapshotSides& sides);
std::string headlineOfProtectedPaths(const SnapshotSides& sides);
std::string headlineOfRootFilesystem(const SnapshotSides& sides);
std::string headlineOfKernelKnobs(const SnapshotSides& sides);
std::string headlineOfDeviceNodes(const SnapshotSides& sides);
std::string headlineOfDevicePolicy(const SnapshotSides& sides);
std::string headlineOfLimits(const SnapshotSides& sides);
std::string headlineOfHostFiles(const SnapshotSides& sides);
std::string headlineOfHostDisks(const SnapshotSides& sides);
std::string headlineOfHostProcesses(const SnapshotSides& sides);
std::string headlineOfHostNetwork(const SnapshotSides& sides);
/// Nothing of its own: the label and the text of the slot serve.
std::string headlineOfText(const SnapshotSides& sides);

/// A sentence, after a blank, that names the subjects in a sandbox; empty where none is.
[[nodiscard]] std::string sandboxNote(const std::vector<const model::Snapshot*>& snapshots);

/// The sentence to read first: the column with most weaker slots and what it gained; failing that the
/// strongest; failing that, that nothing differs, and what could not be compared.
[[nodiscard]] std::string buildHeadline(
    const Diagram& diagram, const std::vector<const model::Snapshot*>& snapshots,
    const model::Snapshot* baseline);

} // namespace bulkhead::diagram
