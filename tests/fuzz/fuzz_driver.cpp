// The fuzz target over a corpus made from a seed: programs as people write them, any valid ones, and both
// with bits turned, words put in and ends cut off.
//
// fuzz_driver COUNT SEED

#include "tests/core/seccomp/brute_force.h"

#include <cstdio>
#include <cstdlib>
#include <string>

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace bulkhead::seccomp {
namespace {

// Codes that a filter may have; half of the turned words get one, so that more than one in a thousand is
// accepted.
constexpr std::uint16_t kCodes[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0c, 0x14, 0x15,
                                    0x16, 0x1c, 0x1d, 0x20, 0x24, 0x25, 0x2c, 0x2d, 0x34, 0x35, 0x3c,
                                    0x3d, 0x44, 0x45, 0x4c, 0x4d, 0x54, 0x5c, 0x60, 0x61, 0x64, 0x6c,
                                    0x74, 0x7c, 0x80, 0x81, 0x84, 0x87, 0xa4, 0xac};

void change(Program& program, test::Random& random) {
    Instruction& in = program[random() % program.size()];
    switch (random() % 5) {
    case 0:
        in.code = kCodes[random() % std::size(kCodes)];
        break;
    case 1:
        in.k = test::likelyWord(random);
        break;
    case 2:
        in.jt = static_cast<std::uint8_t>(random() % 8);
        in.jf = static_cast<std::uint8_t>(random() % 8);
        break;
    case 3:
        in.k ^= 1U << (random() % 32);
        break;
    default:
        in.code = static_cast<std::uint16_t>(random());
        break;
    }
}

std::string inputFrom(test::Random& random) {
    Program program =
        random() % 2 == 0 ? test::wildProgram(random, random() % 2 == 0) : test::structuredProgram(random);
    for (std::uint64_t changes = random() % 4; changes > 0; --changes) {
        change(program, random);
    }
    std::string bytes = bytesOf(program);
    if (random() % 16 == 0) {
        bytes.resize(random() % (bytes.size() + 1));
    }
    return bytes;
}

} // namespace
} // namespace bulkhead::seccomp

int main(int count, char** words) {
    using namespace bulkhead::seccomp;
    if (count != 3) {
        std::fprintf(stderr, "usage: fuzz_driver COUNT SEED\n");
        return 2;
    }
    test::Random random(std::strtoull(words[2], nullptr, 10));
    std::size_t accepted = 0;
    const long inputs = std::strtol(words[1], nullptr, 10);
    for (long i = 0; i < inputs; ++i) {
        const std::string bytes = inputFrom(random);
        accepted += parseProgram(bytes, "input") ? 1 : 0;
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    std::printf("%ld inputs, %zu of them valid programs\n", inputs, accepted);
    return accepted * 4 < static_cast<std::size_t>(inputs) ? 1 : 0; // a corpus of refusals tests nothing
}
