#pragma once

#include "core/kernel/bpf_machine.h"
#include "core/model/device_rule.h"

#include <cstring>
#include <linux/bpf.h>
#include <string>
#include <vector>

namespace bulkhead::kernel::programs {

// Device programs in the shapes in which container runtimes and systemd write them; the shapes are restated
// from runc libcontainer/cgroups/ebpf/devicefilter/devicefilter.go, crun src/libcrun/ebpf.c and systemd
// src/core/bpf-devices.c.

/// One rule and whether it permits.
struct Rule {
    bool permits = true;
    model::DeviceRule rule;
};

inline Rule permit(const std::string& text) {
    return {true, *model::parseDeviceRule(text)};
}
inline Rule refuse(const std::string& text) {
    return {false, *model::parseDeviceRule(text)};
}

using Program = std::vector<BpfInstruction>;

inline BpfInstruction op(unsigned code, int destination, int source, int offset, std::int64_t immediate) {
    return {
        static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(destination),
        static_cast<std::uint8_t>(source), static_cast<std::int16_t>(offset),
        static_cast<std::int32_t>(static_cast<std::uint32_t>(immediate))};
}

/// Type to r2, access to r3, major to r4, minor to r5: all three begin so.
inline Program prologue() {
    return {
        op(BPF_LDX | BPF_W | BPF_MEM, 2, 1, 0, 0), op(BPF_ALU | BPF_AND | BPF_K, 2, 0, 0, 0xFFFF),
        op(BPF_LDX | BPF_W | BPF_MEM, 3, 1, 0, 0), op(BPF_ALU | BPF_RSH | BPF_K, 3, 0, 0, 16),
        op(BPF_LDX | BPF_W | BPF_MEM, 4, 1, 4, 0), op(BPF_LDX | BPF_W | BPF_MEM, 5, 1, 8, 0),
    };
}

inline int accessBits(const model::DeviceRule& rule) {
    return (rule.mknod ? BPF_DEVCG_ACC_MKNOD : 0) | (rule.read ? BPF_DEVCG_ACC_READ : 0) |
           (rule.write ? BPF_DEVCG_ACC_WRITE : 0);
}

/// The comparisons of one rule; jumps that do not match are left at offset 0 for the caller.
inline Program conditions(const model::DeviceRule& rule, bool typeFirst) {
    Program access;
    if (accessBits(rule) != 7) {
        access = {
            op(BPF_ALU | BPF_MOV | BPF_X, 1, 3, 0, 0),
            op(BPF_ALU | BPF_AND | BPF_K, 1, 0, 0, accessBits(rule)),
            op(BPF_JMP | BPF_JNE | BPF_X, 1, 3, 0, 0)};
    }
    Program type;
    if (rule.type != 'a') {
        const int kind = rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
        type = {op(BPF_JMP | BPF_JNE | BPF_K, 2, 0, 0, kind)};
    }
    Program out = typeFirst ? type : access;
    const Program& second = typeFirst ? access : type;
    out.insert(out.end(), second.begin(), second.end());
    if (rule.major) {
        out.push_back(op(BPF_JMP | BPF_JNE | BPF_K, 4, 0, 0, *rule.major));
    }
    if (rule.minor) {
        out.push_back(op(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 0, *rule.minor));
    }
    return out;
}

inline void append(Program& program, Program block, const Program& then) {
    for (std::size_t i = 0; i < block.size(); ++i) {
        if ((block[i].code & 7U) == BPF_JMP) {
            block[i].offset = static_cast<std::int16_t>(block.size() - i - 1 + then.size());
        }
    }
    program.insert(program.end(), block.begin(), block.end());
    program.insert(program.end(), then.begin(), then.end());
}

/// runc: the answer in 32 bits, a rule at a time, and what no rule decides at the end.
inline Program runc(const std::vector<Rule>& rules, bool permitsRest) {
    Program program = prologue();
    const BpfInstruction exit = op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    for (const Rule& rule : rules) {
        append(
            program, conditions(rule.rule, true),
            {op(BPF_ALU | BPF_MOV | BPF_K, 0, 0, 0, rule.permits ? 1 : 0), exit});
    }
    program.push_back(op(BPF_ALU | BPF_MOV | BPF_K, 0, 0, 0, permitsRest ? 1 : 0));
    program.push_back(exit);
    return program;
}

/// crun, which podman calls: the last rule first, the answer in 64 bits, and nothing beyond a rule for all.
inline Program crun(const std::vector<Rule>& rules) {
    Program program = prologue();
    const BpfInstruction exit = op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        append(
            program, conditions(rule->rule, true),
            {op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, rule->permits ? 1 : 0), exit});
        if (rule->rule == model::DeviceRules::everything().allowed.front()) {
            return program;
        }
    }
    program.push_back(op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0));
    program.push_back(exit);
    return program;
}

/// systemd, DeviceAllow=: every rule jumps to one end that permits.
inline Program systemd(const std::vector<Rule>& rules) {
    if (rules.empty()) { // DevicePolicy=strict
        return {op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0), op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
    }
    Program program = prologue();
    std::vector<std::size_t> passes;
    for (const Rule& rule : rules) {
        append(program, conditions(rule.rule, false), {op(BPF_JMP | BPF_JA, 0, 0, 0, 0)});
        passes.push_back(program.size() - 1);
    }
    program.push_back(op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0));
    program.push_back(op(BPF_JMP | BPF_JA, 0, 0, 1, 0));
    for (const std::size_t pass : passes) {
        program[pass].offset = static_cast<std::int16_t>(program.size() - pass - 1);
    }
    program.push_back(op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1));
    program.push_back(op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
    return program;
}

/// The bytes that bpf(2) takes and gives.
inline std::string bytesOf(const Program& program) {
    std::string bytes;
    for (const BpfInstruction& one : program) {
        bpf_insn raw{};
        raw.code = one.code;
        raw.dst_reg = one.destination & 15U;
        raw.src_reg = one.source & 15U;
        raw.off = one.offset;
        raw.imm = one.immediate;
        bytes.append(reinterpret_cast<const char*>(&raw), sizeof raw);
    }
    return bytes;
}

/// What every container may have (runc libcontainer/specconv AllowedDevices).
inline std::vector<Rule> containerRules() {
    std::vector<Rule> rules;
    for (const char* text :
         {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm", "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm",
          "c 136:* rwm", "c 5:2 rwm"}) {
        rules.push_back(permit(text));
    }
    return rules;
}

} // namespace bulkhead::kernel::programs
