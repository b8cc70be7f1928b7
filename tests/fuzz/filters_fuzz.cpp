// Whatever bytes a file holds: they are refused, or listed, evaluated for both machines, and answered as the
// independent interpreter answers. libFuzzer calls the entry point; fuzz_driver.cpp does so without it.

#include "core/seccomp/disassemble.h"
#include "core/seccomp/program.h"
#include "tests/core/seccomp/agreement.h"

#include <cstdio>
#include <cstdlib>

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace bulkhead::seccomp {
namespace {

constexpr int kInputs = 60;

void expect(bool holds, const std::string& what) {
    if (!holds) {
        std::fprintf(stderr, "%s\n", what.c_str());
        std::abort();
    }
}

void tryBytes(const std::string& bytes) {
    const auto program = parseProgram(bytes, "input");
    if (!program) {
        expect(program.error().message.starts_with("input: "), "a refusal that does not name its input");
        return;
    }
    expect(bytesOf(*program) == bytes, "the bytes do not come back");
    expect(disassemble(*program, "x86_64").size() == program->size(), "a listing of another length");
    test::Random random(bytes.size());
    test::Tally tally;
    for (const Machine& machine : {Machine{}, Machine{"aarch64", true, false}}) {
        const std::string differs = test::disagreement({*program}, machine, random, kInputs, tally);
        expect(differs.empty(), differs);
    }
}

} // namespace
} // namespace bulkhead::seccomp

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bulkhead::seccomp::tryBytes({reinterpret_cast<const char*>(data), size});
    return 0;
}
