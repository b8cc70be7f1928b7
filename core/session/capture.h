#pragma once

#include "core/base/error.h"
#include "core/claims/known_image.h"
#include "core/diagram/diagram.h"
#include "core/model/snapshot.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::session {

/// The enforced snapshot of a live process: facts of the kernel, and who took it when. NotFound for a pid
/// that is gone; what could not be read is a gap of the snapshot.
[[nodiscard]] base::Result<model::Snapshot> capturePid(std::int64_t pid, const std::string& ref);

/// In a folder of snapshots: the names of its files in the order in which they are shown, one a line.
inline constexpr std::string_view kOrderFile = "order.txt";

/// Writes into a snapshot who took it and when; gives it a capture id unless it has one.
void signSnapshot(model::Snapshot& snapshot);

/// Every snapshot of a file, or of the *.json files of a folder that a lab wrote; of a configuration the
/// declared ones, resolved for an engine (empty: its own) and this machine, with the images at hand.
/// Malformed names file and field.
[[nodiscard]] base::Result<std::vector<model::Snapshot>> openSnapshots(
    const std::filesystem::path& path, const std::string& engine = {},
    const std::vector<claims::KnownImage>& images = {});

/// The same of a text; `name` stands in messages.
[[nodiscard]] base::Result<std::vector<model::Snapshot>> readSnapshots(
    const std::string& text, const std::string& name, const std::string& engine,
    const std::vector<claims::KnownImage>& images = {});

/// Snapshots joined into columns: those of one captureId become the vantages of one subject, in order of
/// first appearance.
[[nodiscard]] std::vector<diagram::SubjectView> joinVantages(std::vector<model::Snapshot> snapshots);

} // namespace bulkhead::session
