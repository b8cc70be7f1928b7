#include "app/cli/result_file.h"

#include "app/cli/output.h"
#include "core/os/output_file.h"

namespace bulkhead::cli {

bool isStandardOutput(std::string_view out) {
    return out == "-";
}

Exit writeResult(const std::string& out, std::string_view text) {
    if (isStandardOutput(out)) {
        return print(text) ? Exit::done : Exit::machine;
    }
    const auto written = os::writeOutputFile(out, text);
    return written ? Exit::done : report(written.error());
}

} // namespace bulkhead::cli
