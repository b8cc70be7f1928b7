#pragma once

#include "core/watch/event.h"
#include "core/watch/watcher.h"

#include <string>

namespace bulkhead::watch {

/// One line of JSON. A value that could not be read is null, one that is not there "absent".
[[nodiscard]] std::string writeJsonLine(const Event& event, const std::string& time);

/// One line for a person, escaped for a terminal.
[[nodiscard]] std::string writeTextLine(const Event& event, const std::string& time);

/// The same for a terminal of so many columns: what happened in the first line, and below it the values, the
/// reason, what opens and what to do, each beginning on a line of its own.
[[nodiscard]] std::string writeTextLines(const Event& event, const std::string& time, std::size_t columns);

/// The text format of Prometheus (version 0.0.4), for the textfile collector of node_exporter.
[[nodiscard]] std::string writeMetrics(const Figures& figures, double cpuSeconds, double time);

} // namespace bulkhead::watch
