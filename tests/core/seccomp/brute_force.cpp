#include "tests/core/seccomp/brute_force.h"

#include <stdexcept>

namespace bulkhead::seccomp::test {

std::uint32_t interpret(const Program& program, const Words& words) {
    std::uint32_t acc = 0;
    std::uint32_t index = 0;
    std::uint32_t scratch[16] = {};
    std::size_t pc = 0;
    while (true) {
        const Instruction i = program.at(pc++);
        const auto skip = [&](bool yes) { pc += yes ? i.jt : i.jf; };
        switch (i.code) {
        case 0x00:
            acc = i.k;
            break;
        case 0x01:
            index = i.k;
            break;
        case 0x02:
            scratch[i.k] = acc;
            break;
        case 0x03:
            scratch[i.k] = index;
            break;
        case 0x04:
            acc += i.k;
            break;
        case 0x0c:
            acc += index;
            break;
        case 0x14:
            acc -= i.k;
            break;
        case 0x1c:
            acc -= index;
            break;
        case 0x24:
            acc *= i.k;
            break;
        case 0x2c:
            acc *= index;
            break;
        case 0x34:
            acc /= i.k;
            break;
        case 0x3c:
            if (index == 0) {
                return 0;
            }
            acc /= index;
            break;
        case 0x44:
            acc |= i.k;
            break;
        case 0x4c:
            acc |= index;
            break;
        case 0x54:
            acc &= i.k;
            break;
        case 0x5c:
            acc &= index;
            break;
        case 0x64:
            acc <<= i.k;
            break;
        case 0x6c:
            acc <<= index % 32;
            break;
        case 0x74:
            acc >>= i.k;
            break;
        case 0x7c:
            acc >>= index % 32;
            break;
        case 0x84:
            acc = ~acc + 1;
            break;
        case 0xa4:
            acc ^= i.k;
            break;
        case 0xac:
            acc ^= index;
            break;
        case 0x05:
            pc += i.k;
            break;
        case 0x15:
            skip(acc == i.k);
            break;
        case 0x1d:
            skip(acc == index);
            break;
        case 0x25:
            skip(acc > i.k);
            break;
        case 0x2d:
            skip(acc > index);
            break;
        case 0x35:
            skip(acc >= i.k);
            break;
        case 0x3d:
            skip(acc >= index);
            break;
        case 0x45:
            skip((acc & i.k) != 0);
            break;
        case 0x4d:
            skip((acc & index) != 0);
            break;
        case 0x06:
            return i.k;
        case 0x16:
            return acc;
        case 0x07:
            index = acc;
            break;
        case 0x87:
            acc = index;
            break;
        case 0x20:
            acc = words.at(i.k / 4);
            break;
        case 0x60:
            acc = scratch[i.k];
            break;
        case 0x61:
            index = scratch[i.k];
            break;
        case 0x80:
            acc = 64;
            break;
        case 0x81:
            index = 64;
            break;
        default:
            throw std::logic_error("code");
        }
    }
}

std::string interpretStack(const Stack& stack, const Words& words) {
    std::uint32_t strictest = 0x7fff0000;
    bool any = false;
    for (auto program = stack.rbegin(); program != stack.rend(); ++program) { // the newest first
        const std::uint32_t value = interpret(*program, words);
        const auto action = [](std::uint32_t v) {
            return static_cast<std::int64_t>(static_cast<std::int32_t>(v & 0xffff0000));
        };
        if (!any || action(value) < action(strictest)) {
            strictest = value;
        }
        any = true;
    }
    const std::uint32_t data = strictest & 0xffff;
    const auto with = [&](const std::string& name, std::uint32_t shown) {
        return name + "(" + std::to_string(shown) + ")";
    };
    switch (strictest & 0xffff0000) {
    case 0x00000000:
        return "kill_thread";
    case 0x00030000:
        return data == 0 ? "trap" : with("trap", data);
    case 0x00050000:
        return with("errno", data > 4095 ? 4095 : data);
    case 0x7fc00000:
        return "user_notif";
    case 0x7ff00000:
        return data == 0 ? "trace" : with("trace", data);
    case 0x7ffc0000:
        return "log";
    case 0x7fff0000:
        return "allow";
    default:
        return "kill_process";
    }
}

namespace {

std::uint32_t below(Random& random, std::uint64_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
}

std::uint32_t anyReturn(Random& random) {
    static constexpr std::uint32_t kValues[] = {0x7fff0000, 0x7fff0000, 0x7fff0000, 0x00050001, 0x00050026,
                                                0x0005ffff, 0x00000000, 0x80000000, 0x00030007, 0x7ffc0000,
                                                0x7ff00003, 0x7fc00000, 0x12340000, 0x00010000, 0xfff00000};
    return kValues[below(random, 15)];
}

std::uint8_t small(std::size_t n) {
    return static_cast<std::uint8_t>(n);
}

// A test of one argument that falls through where it holds and jumps to the end of `rest` where it does not.
void addArgumentTest(Random& random, Program& block, std::size_t& misses) {
    const std::uint32_t arg = below(random, 2) + (below(random, 8) == 0 ? 3 : 0);
    const std::uint32_t low = 16 + 8 * arg;
    const std::uint32_t value = likelyWord(random);
    static constexpr std::uint16_t kTests[] = {0x15, 0x25, 0x35, 0x45};
    switch (below(random, 4)) {
    case 0: // 64 bits equal
        block.push_back({0x20, 0, 0, low + 4});
        block.push_back({0x15, 0, 0xff, below(random, 3) == 0 ? likelyWord(random) : 0});
        block.push_back({0x20, 0, 0, low});
        block.push_back({0x15, 0, 0xff, value});
        misses += 2;
        break;
    case 1: // masked
        block.push_back({0x20, 0, 0, low + (below(random, 4) == 0 ? 4 : 0)});
        block.push_back({0x54, 0, 0, likelyWord(random) | 0x10});
        block.push_back({kTests[below(random, 4)], 0, 0xff, value});
        ++misses;
        break;
    case 2: // shifted
        block.push_back({0x20, 0, 0, low});
        block.push_back(
            {static_cast<std::uint16_t>(below(random, 2) == 0 ? 0x64 : 0x74), 0, 0, below(random, 9)});
        block.push_back({kTests[below(random, 4)], 0, 0xff, value});
        ++misses;
        break;
    default:
        block.push_back({0x20, 0, 0, low + (below(random, 4) == 0 ? 4 : 0)});
        block.push_back({kTests[below(random, 4)], 0, 0xff, value});
        ++misses;
        break;
    }
}

} // namespace

std::uint32_t likelyWord(Random& random) {
    static constexpr std::uint32_t kWords[] = {
        0,       1,          2,          3,          8,    16,     40,         0x7e020000, 0x20000,
        0x20008, 0xffffffff, 0x7fffffff, 0x80000000, 0xff, 0x5401, 0xfffffffe, 0xf0f0,     0x40000000};
    switch (below(random, 8)) {
    case 0:
        return static_cast<std::uint32_t>(random());
    case 1:
        return kWords[below(random, 18)] + below(random, 3) - 1;
    case 2:
        return below(random, 512);
    default:
        return kWords[below(random, 18)];
    }
}

Program structuredProgram(Random& random) {
    Program program;
    if (below(random, 4) != 0) {
        program.push_back({0x20, 0, 0, 4});
        program.push_back({0x15, 1, 0, below(random, 4) != 0 ? 0xc000003eU : 0x40000003U});
        program.push_back({0x06, 0, 0, anyReturn(random)});
    }
    program.push_back({0x20, 0, 0, 0});
    if (below(random, 3) == 0) { // the x32 check of libseccomp
        program.push_back({0x35, 0, 2, 0x40000000});
        program.push_back({0x15, 1, 0, 0xffffffff});
        program.push_back({0x06, 0, 0, anyReturn(random)});
    }
    const std::size_t blocks = 1 + below(random, 12);
    for (std::size_t b = 0; b < blocks; ++b) {
        Program block;
        std::size_t misses = 0;
        for (std::size_t tests = below(random, 4); tests > 0; --tests) {
            addArgumentTest(random, block, misses);
        }
        block.push_back({0x06, 0, 0, anyReturn(random)});
        for (std::size_t i = 0; i < block.size(); ++i) {
            if (block[i].jf == 0xff) {
                block[i].jf = small(block.size() - 1 - i);
            }
        }
        if (misses > 0) {
            block.push_back(
                below(random, 2) == 0 ? Instruction{0x20, 0, 0, 0}
                                      : Instruction{0x06, 0, 0, anyReturn(random)});
        }
        const std::uint32_t number = below(random, 40);
        static constexpr std::uint16_t kTests[] = {0x15, 0x15, 0x15, 0x25, 0x35, 0x45};
        program.push_back(
            {kTests[below(random, below(random, 12) == 0 ? 6 : 5)], 0, small(block.size()), number});
        program.insert(program.end(), block.begin(), block.end());
    }
    program.push_back({0x06, 0, 0, anyReturn(random)});
    return program;
}

Program wildProgram(Random& random, bool exact) {
    static constexpr std::uint16_t kExact[] = {0x20, 0x20, 0x20, 0x54, 0x44, 0xa4, 0x64, 0x74, 0x15,
                                               0x25, 0x35, 0x45, 0x15, 0x02, 0x03, 0x60, 0x61, 0x07,
                                               0x87, 0x00, 0x01, 0x80, 0x81, 0x05, 0x06, 0x24, 0x34};
    static constexpr std::uint16_t kAny[] = {0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c,
                                             0x5c, 0x6c, 0x7c, 0x84, 0xac, 0x1d, 0x2d, 0x3d, 0x4d, 0x16};
    while (true) {
        Program program;
        for (std::uint32_t word = 0; word < 3; ++word) {
            program.push_back({0x02, 0, 0, word});
        }
        const std::size_t length = 4 + below(random, 24);
        for (std::size_t n = 0; n < length; ++n) {
            const bool any = !exact && below(random, 3) == 0;
            Instruction in{
                any ? kAny[below(random, 20)] : kExact[below(random, 27)], 0, 0, likelyWord(random)};
            const std::size_t left = length - n; // instructions after this one, the last return included
            in.jt = small(below(random, left < 6 ? left : 6));
            in.jf = small(below(random, left < 6 ? left : 6));
            if (in.code == 0x20) {
                static constexpr std::uint32_t kOffsets[] = {0, 0, 4, 16, 16, 20, 24, 24, 28};
                in.k = !exact && below(random, 12) == 0 ? 8 : kOffsets[below(random, 9)];
            } else if (in.code == 0x02 || in.code == 0x03 || in.code == 0x60 || in.code == 0x61) {
                in.k = below(random, 3);
            } else if (in.code == 0x64 || in.code == 0x74) {
                in.k = below(random, 32);
            } else if (in.code == 0x05) {
                in.k = in.jt;
            } else if (in.code == 0x24 || in.code == 0x34) {
                in.k = 1U << below(random, 6);
            } else if (in.code == 0x06) {
                in.k = anyReturn(random);
            }
            program.push_back(in);
        }
        program.push_back({0x06, 0, 0, anyReturn(random)});
        if (parseProgram(bytesOf(program), "wild")) {
            return program;
        }
    }
}

} // namespace bulkhead::seccomp::test
