#include "tests/core/seccomp/hostile_programs.h"

#include "tests/core/seccomp/brute_force.h"

#include <stdexcept>

namespace bulkhead::seccomp::test {

namespace {

constexpr std::uint32_t kAllow = 0x7fff0000;
constexpr std::uint32_t kDeny = 0x00050001;

Instruction load(std::uint32_t offset) {
    return {0x20, 0, 0, offset};
}

void append(Program& program, const Program& more) {
    program.insert(program.end(), more.begin(), more.end());
}

/// Each of `bits` bits at `offset` is tested and, where it is set, joined to M[0] by `code`: 2^bits ways,
/// each with another sum.
Program sumOfBits(std::uint32_t offset, unsigned bits, std::uint16_t code) {
    Program program = {{0x00, 0, 0, 0}, {0x02, 0, 0, 0}};
    for (unsigned bit = 0; bit < bits; ++bit) {
        append(
            program, {load(offset),
                      {0x45, 0, 3, 1U << bit},
                      {0x60, 0, 0, 0},
                      {code, 0, 0, 3U << bit},
                      {0x02, 0, 0, 0}});
    }
    append(program, {{0x60, 0, 0, 0}, {0x15, 0, 1, 0x2d}, {0x06, 0, 0, kDeny}, {0x06, 0, 0, kAllow}});
    return program;
}

/// The same ways that differ in nothing in the end.
Program needlessBranches(unsigned count) {
    Program program;
    for (unsigned i = 0; i < count; ++i) {
        append(program, {load(16 + 8 * (i % 6)), {0x45, 0, 1, 1U << (i % 32)}, {0x00, 0, 0, i}});
    }
    append(program, {load(0), {0x15, 0, 1, 40}, {0x06, 0, 0, kDeny}, {0x06, 0, 0, kAllow}});
    return program;
}

/// Ways that end in 16 answers, by pairs of bits of all arguments.
Program scatteredAnswers(unsigned count) {
    Program program = {{0x00, 0, 0, 0}, {0x02, 0, 0, 0}};
    for (unsigned i = 0; i < count; ++i) {
        append(
            program, {load(16 + 4 * (i % 12)),
                      {0x35, 0, 3, 0x1000U * (i + 1)},
                      {0x60, 0, 0, 0},
                      {0xa4, 0, 0, 1U + i % 15},
                      {0x02, 0, 0, 0}});
    }
    append(program, {{0x60, 0, 0, 0}, {0x54, 0, 0, 15}, {0x44, 0, 0, 0x00050000}, {0x16, 0, 0, 0}});
    return program;
}

/// Products of everything with everything, compared at each step.
Program products(unsigned count) {
    Program program = {load(16), {0x02, 0, 0, 0}};
    for (unsigned i = 0; i < count; ++i) {
        append(
            program, {load(16 + 4 * (i % 12)),
                      {0x07, 0, 0, 0},
                      {0x60, 0, 0, 0},
                      {0x2c, 0, 0, 0},
                      {0x04, 0, 0, i},
                      {0x02, 0, 0, 0},
                      {0x15, 0, 1, 77 + i},
                      {0x06, 0, 0, kDeny + i % 100}});
    }
    program.push_back({0x06, 0, 0, kAllow});
    return program;
}

/// Conditions under masks that overlap in every way.
Program entangled(unsigned count, std::uint32_t offset) {
    Program program;
    std::uint32_t mask = 0x9e3779b9;
    for (unsigned i = 0; i < count; ++i) {
        mask = mask * 1664525 + 1013904223;
        append(
            program,
            {load(offset), {0x54, 0, 0, mask | 1U}, {0x35, 0, 1, mask >> 1U}, {0x06, 0, 0, kDeny + i % 7}});
    }
    program.push_back({0x06, 0, 0, kAllow});
    return program;
}

/// Every number has its own conditions on all arguments.
Program longChain(std::size_t length) {
    Program program = {load(0)};
    for (std::uint32_t number = 0; program.size() + 8 < length; ++number) {
        append(
            program, {{0x15, 0, 4, number},
                      load(16 + 4 * (number % 12)),
                      {0x25, 0, 1, number * 77},
                      {0x06, 0, 0, kDeny + number % 50},
                      load(0)});
    }
    program.push_back({0x06, 0, 0, kAllow});
    return program;
}

/// Bits of the number decide, so that no range of numbers goes one way.
Program bitsOfTheNumber(unsigned bits) {
    Program program = {{0x00, 0, 0, 0}, {0x02, 0, 0, 0}};
    for (unsigned bit = 0; bit < bits; ++bit) {
        append(
            program, {load(0),
                      {0x45, 0, 3, 1U << (bit * 7 % 31)},
                      {0x60, 0, 0, 0},
                      {0xa4, 0, 0, 1U + bit},
                      {0x02, 0, 0, 0}});
    }
    append(program, {{0x60, 0, 0, 0}, {0x15, 0, 1, 5}, {0x06, 0, 0, kDeny}, {0x06, 0, 0, kAllow}});
    return program;
}

/// A list of a thousand values of one argument, then another list.
Program longLists(std::size_t length, std::uint32_t offset) {
    Program program = {load(offset)};
    for (std::uint32_t i = 0; program.size() + 4 < length; ++i) {
        append(program, {{0x15, 0, 1, i * 2654435761U}, {0x06, 0, 0, kDeny + i % 3}});
    }
    program.push_back({0x06, 0, 0, kAllow});
    return program;
}

Stack copies(const Program& program, std::size_t count) {
    return Stack(count, program);
}

} // namespace

std::vector<HostileStack> hostileStacks() {
    std::vector<HostileStack> all;
    const auto add = [&](std::string name, Stack stack) {
        for (const Program& program : stack) {
            if (const auto parsed = parseProgram(bytesOf(program), name); !parsed) {
                throw std::logic_error(parsed.error().message);
            }
        }
        all.push_back({std::move(name), std::move(stack)});
    };
    add("a million sums", {sumOfBits(16, 20, 0x04)});
    add("a million unions", {sumOfBits(16, 20, 0x44)});
    add("four thousand million exclusive sums", {sumOfBits(16, 32, 0xa4)});
    add("a million ways of the number", {bitsOfTheNumber(20)});
    add("needless branches", {needlessBranches(1360)});
    add("scattered answers", {scatteredAnswers(12)});
    add("more scattered answers", {scatteredAnswers(800)});
    add("products", {products(500)});
    add("entangled masks", {entangled(24, 16)});
    add("many entangled masks", {entangled(1000, 16)});
    add("entangled bits of the number", {entangled(200, 0)});
    add("a chain of 4,096", {longChain(kMaxInstructions)});
    add("32 chains of 4,096", copies(longChain(kMaxInstructions), 32));
    add("a list of 4,096", {longLists(kMaxInstructions, 16)});
    add("two lists of 4,096", {longLists(kMaxInstructions, 16), longLists(kMaxInstructions, 24)});
    add("32 lists of 4,096", copies(longLists(kMaxInstructions, 20), 32));
    add("32 stacked sums", copies(sumOfBits(24, 16, 0x04), 32));
    add("32 stacked products", copies(products(500), 32));
    Random random(7);
    Stack wild;
    for (int i = 0; i < 32; ++i) {
        wild.push_back(wildProgram(random, false));
    }
    add("32 wild programs", wild);
    return all;
}

} // namespace bulkhead::seccomp::test
