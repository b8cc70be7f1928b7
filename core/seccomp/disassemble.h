#pragma once

#include "core/seccomp/program.h"

#include <string>
#include <string_view>

namespace bulkhead::seccomp {

/// One line of a listing.
struct Line {
    std::string mnemonic; ///< "jeq #0x38, 17, 18" as bpf_dbg writes it, targets as line numbers
    std::string comment;  ///< what it means here: "clone", "x86_64", "args[0] low", "errno(1)"; may be empty
};

/// Every line of a program. Names of system calls are those of the architecture that the program has tested
/// on the way, `arch` where it has tested none.
[[nodiscard]] std::vector<Line> disassemble(const Program& program, std::string_view arch);

/// The listing as text, one line an instruction: number, code, jt, jf, k, mnemonic, comment.
[[nodiscard]] std::string writeListing(const Program& program, std::string_view arch);

} // namespace bulkhead::seccomp
