#pragma once

namespace bulkhead::probe {

/// We were started as a twin: no arguments, no environment, and a plan where one is expected.
[[nodiscard]] bool startedAsTwin(int count, char** arguments);

/// Becomes a twin of the process that the plan names, tries what it lists, and ends. Whatever goes wrong
/// stands in the plan.
[[noreturn]] void becomeTwin();

} // namespace bulkhead::probe
