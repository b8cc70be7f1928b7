// Whatever bytes a file holds: they are refused in one line that names it, or become declared snapshots that
// can be written and read again. libFuzzer calls the entry point; documents_driver.cpp does so without it.

#include "core/claims/import.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace bulkhead::claims {
namespace {

/// A name that no message has by chance, in a folder that is not there: nothing beside it can be read.
constexpr const char* kName = "/no-such-folder/input";

void expect(bool holds, const std::string& what) {
    if (!holds) {
        std::fprintf(stderr, "%s\n", what.c_str());
        std::abort();
    }
}

void tryText(const std::string& text) {
    ImportOptions options;
    options.ground.architecture = "x86_64";
    const auto all = importDocument(text, kName, options);
    if (!all) {
        const std::string& message = all.error().message;
        expect(message.find(kName) != std::string::npos, "a refusal that does not name its file: " + message);
        expect(message.find('\n') == std::string::npos, "a refusal of several lines: " + message);
        return;
    }
    expect(!all->empty(), "accepted, and describes nothing");
    for (const model::Snapshot& snapshot : *all) {
        const std::string json = wire::writeSnapshot(snapshot);
        const auto again = wire::parseSnapshots(json, "again");
        expect(again.has_value() && again->size() == 1, "what was written is not read again");
        const std::string second = wire::writeSnapshot(again->front());
        const auto apart = std::ranges::mismatch(json, second);
        const auto at = static_cast<std::size_t>(apart.in1 - json.begin());
        const std::size_t from = at < 80 ? 0 : at - 80;
        expect(
            second == json, "what was read again is something else: " + json.substr(from, 160) + " became " +
                                second.substr(from, 160) + " in\n" + text);
    }
}

} // namespace
} // namespace bulkhead::claims

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bulkhead::claims::tryText({reinterpret_cast<const char*>(data), size});
    return 0;
}
