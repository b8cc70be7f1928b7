#include "core/kernel/bpf_machine.h"

#include "core/kernel/bpf_value.h"

#include <array>
#include <bit>
#include <cstring>
#include <linux/bpf.h>
#include <map>
#include <string>

namespace bulkhead::kernel {

using base::ErrorKind;
using base::Status;

namespace {

using Kind = BpfValue::Kind;

constexpr std::size_t kInstructionSize = 8;
constexpr std::size_t kMaxInstructions = 1U << 20U; // BPF_COMPLEXITY_LIMIT_INSNS, what a verifier looks at
constexpr std::size_t kRegisters = 11;
/// BPF_ST | BPF_NOSPEC: a speculation barrier that the verifier puts in (linux/filter.h).
constexpr std::uint8_t kBarrier = BPF_ST | 0xC0;

/// One value in the program's stack.
struct Slot {
    unsigned size = 0;
    BpfValue value;
};

/// One way through the program: where it is, what it knows, and for which numbers it goes that way.
struct Way {
    std::size_t at = 0;
    std::array<BpfValue, kRegisters> registers{};
    std::map<std::int64_t, Slot> stack; ///< by offset from the frame pointer
    Spans majors = {{0, kMajors - 1}};
    Spans minors = {{0, kMinors - 1}};
};

/// The run of one program: the ways still to go and the ends reached.
struct Run {
    std::span<const BpfInstruction> program;
    std::uint32_t accessType = 0;
    std::vector<Way> open;
    std::vector<BpfOutcome> outcomes;
};

unsigned sizeOf(std::uint8_t code) {
    switch (code & 0x18U) {
    case BPF_W:
        return 4;
    case BPF_H:
        return 2;
    case BPF_B:
        return 1;
    default:
        return 8;
    }
}

std::unexpected<base::Error> unsupported(const Way& way, const std::string& what) {
    return base::fail(ErrorKind::unsupported, "instruction " + std::to_string(way.at) + " " + what);
}

/// struct bpf_cgroup_dev_ctx: the access type may be read in parts, the numbers whole.
BpfValue loadContext(const Run& run, std::int64_t offset, unsigned size) {
    if (offset >= 0 && offset + size <= 4) {
        std::array<unsigned char, 4> bytes{};
        std::memcpy(bytes.data(), &run.accessType, sizeof run.accessType);
        std::uint64_t part = 0;
        std::memcpy(&part, bytes.data() + offset, size);
        constexpr bool kBig = std::endian::native == std::endian::big;
        return constantValue(kBig ? part >> (64 - size * 8) : part);
    }
    if (size == 4 && (offset == 4 || offset == 8)) {
        return {offset == 4 ? Kind::major : Kind::minor, 0, 0};
    }
    return {};
}

BpfValue load(const Run& run, const Way& way, const BpfInstruction& now) {
    const BpfValue& base = way.registers[now.source];
    const unsigned size = sizeOf(now.code);
    const auto offset = static_cast<std::int64_t>(base.number) + now.offset;
    if (base.kind == Kind::context) {
        return loadContext(run, offset, size);
    }
    const auto slot = base.kind == Kind::frame ? way.stack.find(offset) : way.stack.end();
    return slot != way.stack.end() && slot->second.size == size ? slot->second.value : BpfValue{};
}

void store(Way& way, const BpfInstruction& now, BpfValue value) {
    const BpfValue& base = way.registers[now.destination];
    if (base.kind != Kind::frame) {
        return; // maps and the like: what is read from them is unknown anyway
    }
    const unsigned size = sizeOf(now.code);
    const auto offset = static_cast<std::int64_t>(base.number) + now.offset;
    std::erase_if(way.stack, [&](const auto& entry) {
        return entry.first < offset + size && offset < entry.first + entry.second.size;
    });
    if (value.isConstant() && size < 8) {
        value.number &= (std::uint64_t{1} << (size * 8)) - 1;
    } else if (value.isNumber() && (size < 4 || (size == 4 && value.shifted != 0))) {
        value = {};
    }
    way.stack[offset] = {size, value};
}

BpfValue operandOf(const Way& way, const BpfInstruction& now) {
    return (now.code & BPF_X) != 0 ? way.registers[now.source]
                                   : constantValue(static_cast<std::uint64_t>(std::int64_t{now.immediate}));
}

Status step(Run& run, Way way);

void go(Way& way, std::int64_t distance) {
    way.at = static_cast<std::size_t>(static_cast<std::int64_t>(way.at) + 1 + distance);
}

Status branch(Run& run, Way way, const BpfInstruction& now) {
    const BpfValue& left = way.registers[now.destination];
    const BpfValue right = operandOf(way, now);
    if (left.isConstant() && right.isConstant()) {
        const auto taken = isTaken(now.code, left.number, right.number);
        if (!taken) {
            return unsupported(way, "is of a kind that is not known");
        }
        go(way, *taken ? now.offset : 0);
        run.open.push_back(std::move(way));
        return {};
    }
    if (!left.isNumber() || left.shifted != 0 || !right.isConstant()) {
        return unsupported(way, "decides by something that the program alone does not tell");
    }
    Spans Way::* const set = left.kind == Kind::major ? &Way::majors : &Way::minors;
    auto taken = takenFor(now.code, way.*set, right.number);
    if (!taken) {
        return unsupported(way, "decides by single bits of a device number");
    }
    Spans rest = withoutSpans(way.*set, *taken);
    if (!taken->empty()) {
        Way jumped = way;
        jumped.*set = std::move(*taken);
        go(jumped, now.offset);
        run.open.push_back(std::move(jumped));
    }
    if (!rest.empty()) {
        way.*set = std::move(rest);
        go(way, 0);
        run.open.push_back(std::move(way));
    }
    return {};
}

Status finish(Run& run, Way way) {
    const BpfValue& answer = way.registers[0];
    if (!answer.isConstant()) {
        return unsupported(way, "answers with something that the program alone does not tell");
    }
    const bool allowed = static_cast<std::uint32_t>(answer.number) != 0;
    run.outcomes.push_back({std::move(way.majors), std::move(way.minors), allowed});
    return {};
}

Status jump(Run& run, Way way, const BpfInstruction& now) {
    const bool wide = (now.code & 7U) == BPF_JMP;
    switch (now.code & 0xF0U) {
    case BPF_JA:
        go(way, wide ? now.offset : now.immediate);
        run.open.push_back(std::move(way));
        return {};
    case BPF_EXIT:
        return wide ? finish(run, std::move(way)) : unsupported(way, "is of a kind that is not known");
    case BPF_CALL:
        return unsupported(
            way, now.source == 0 ? "asks the kernel, and the answer is not in the program"
                                 : "calls a function, which this version does not follow");
    default:
        return branch(run, std::move(way), now);
    }
}

Status arithmetic(Run& run, Way way, const BpfInstruction& now) {
    const auto value = calculate(now.code, way.registers[now.destination], operandOf(way, now));
    if (!value || now.offset != 0) { // an offset makes signed division and extension of it
        return unsupported(way, "is of a kind that is not known");
    }
    way.registers[now.destination] = *value;
    go(way, 0);
    run.open.push_back(std::move(way));
    return {};
}

Status loadImmediate(Run& run, Way way, const BpfInstruction& now) {
    if (now.code != (BPF_LD | BPF_DW) || way.at + 1 >= run.program.size()) {
        return unsupported(way, "is of a kind that is not known");
    }
    const auto high = static_cast<std::uint32_t>(run.program[way.at + 1].immediate);
    const auto low = static_cast<std::uint32_t>(now.immediate);
    way.registers[now.destination] =
        now.source == 0 ? constantValue(std::uint64_t{high} << 32U | low) : BpfValue{};
    go(way, 1);
    run.open.push_back(std::move(way));
    return {};
}

Status memory(Run& run, Way way, const BpfInstruction& now) {
    const bool plain = (now.code & 0xE0U) == BPF_MEM;
    const unsigned kind = now.code & 7U;
    if (now.code != kBarrier) {
        if (!plain) {
            return unsupported(way, "is of a kind that is not known");
        }
        if (kind == BPF_LDX) {
            way.registers[now.destination] = load(run, way, now);
        } else {
            store(
                way, now,
                kind == BPF_STX ? way.registers[now.source]
                                : constantValue(static_cast<std::uint64_t>(std::int64_t{now.immediate})));
        }
    }
    go(way, 0);
    run.open.push_back(std::move(way));
    return {};
}

Status step(Run& run, Way way) {
    if (way.at >= run.program.size()) {
        return unsupported(way, "lies outside the program");
    }
    const BpfInstruction& now = run.program[way.at];
    if (now.destination >= kRegisters || now.source >= kRegisters) {
        return unsupported(way, "names a register that does not exist");
    }
    switch (now.code & 7U) {
    case BPF_LD:
        return loadImmediate(run, std::move(way), now);
    case BPF_LDX:
    case BPF_ST:
    case BPF_STX:
        return memory(run, std::move(way), now);
    case BPF_ALU:
    case BPF_ALU64:
        return arithmetic(run, std::move(way), now);
    default: // BPF_JMP, BPF_JMP32
        return jump(run, std::move(way), now);
    }
}

} // namespace

base::Result<std::vector<BpfInstruction>> parseBpfInstructions(std::string_view bytes) {
    if (bytes.empty() || bytes.size() % kInstructionSize != 0 ||
        bytes.size() / kInstructionSize > kMaxInstructions) {
        return base::fail(
            ErrorKind::malformed,
            "device program: " + std::to_string(bytes.size()) + " bytes are no list of 8-byte instructions");
    }
    std::vector<BpfInstruction> program(bytes.size() / kInstructionSize);
    for (std::size_t i = 0; i < program.size(); ++i) {
        bpf_insn raw{};
        std::memcpy(&raw, bytes.data() + i * kInstructionSize, kInstructionSize);
        program[i] = {raw.code, raw.dst_reg, raw.src_reg, raw.off, raw.imm};
    }
    return program;
}

base::Result<std::vector<BpfOutcome>>
runDeviceProgram(std::span<const BpfInstruction> program, std::uint32_t accessType, std::uint64_t& steps) {
    Run run{program, accessType, {}, {}};
    Way start;
    start.registers[1] = {Kind::context, 0, 0};
    start.registers[10] = {Kind::frame, 0, 0};
    run.open.push_back(std::move(start));
    while (!run.open.empty()) {
        if (steps == 0) {
            return base::fail(ErrorKind::unsupported, "it has more ways through it than are followed");
        }
        --steps;
        Way way = std::move(run.open.back());
        run.open.pop_back();
        if (auto done = step(run, std::move(way)); !done) {
            return std::unexpected(done.error());
        }
    }
    return std::move(run.outcomes);
}

} // namespace bulkhead::kernel
