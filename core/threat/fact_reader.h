#pragma once

#include "core/catalog/condition.h"
#include "core/model/snapshot.h"
#include "core/threat/fact_value.h"

#include <functional>
#include <optional>
#include <string_view>

namespace bulkhead::threat {

/// Reads one fact of a snapshot, or of the object at hand.
template <class T>
using Reader = std::function<FactReading(const T&)>;

/// The reader of a path as cli.md writes it ("capabilities.effective.CAP_KILL",
/// `paths["/proc/sys"].writable`, `host.knobs["kernel.modules_disabled"]`); empty where the tables of facts
/// have no such path. Made once and used on many snapshots: reading allocates nothing.
[[nodiscard]] Reader<model::Snapshot> readerOf(std::string_view path);

/// Readers of the elements a condition can be bound to, by the path below the element: "readOnly".
[[nodiscard]] Reader<model::Mount> mountReaderOf(std::string_view path);
[[nodiscard]] Reader<model::RuntimeSocket> socketReaderOf(std::string_view path);
[[nodiscard]] Reader<model::Device> deviceReaderOf(std::string_view path);
[[nodiscard]] Reader<model::TaskClass> taskReaderOf(std::string_view path);

} // namespace bulkhead::threat
