#include "core/seccomp/syscalls.h"

#include "core/seccomp/syscall_names.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace bulkhead::seccomp {

namespace {

/// The calls of one ABI in both directions.
struct Table {
    std::vector<Syscall> calls;
    std::map<std::string_view, std::uint32_t> numbers;
};

std::uint32_t digitsOf(std::string_view text) {
    std::uint32_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Table tableFrom(std::string_view names, std::uint32_t bit) {
    Table table;
    table.calls.reserve(static_cast<std::size_t>(std::ranges::count(names, ' ')) + 1);
    std::uint32_t next = 0;
    while (!names.empty()) {
        const std::string_view word = names.substr(0, names.find(' '));
        names.remove_prefix(std::min(word.size() + 1, names.size()));
        if (word.starts_with('@')) {
            next = digitsOf(word.substr(1));
        } else {
            table.calls.push_back({next++ | bit, std::string(word)});
        }
    }
    for (const Syscall& call : table.calls) {
        table.numbers.emplace(call.name, call.number);
    }
    return table;
}

const Table& tableOf(const Arch& arch) {
    static const Table kX8664 = tableFrom(callNamesOfX86("x86_64"), 0);
    static const Table kI386 = tableFrom(callNamesOfX86("i386"), 0);
    static const Table kX32 = tableFrom(callNamesOfX86("x32"), kX32Bit);
    static const Table kAarch64 = tableFrom(callNamesOfArm("aarch64"), 0);
    static const Table kArm = tableFrom(callNamesOfArm("arm"), 0);
    return arch.name == "x86_64"    ? kX8664
           : arch.name == "i386"    ? kI386
           : arch.name == "x32"     ? kX32
           : arch.name == "aarch64" ? kAarch64
                                    : kArm;
}

} // namespace

const std::vector<Syscall>& syscallsOf(const Arch& arch) {
    return tableOf(arch).calls;
}

std::string_view nameOf(const Arch& arch, std::uint32_t number) {
    const auto& calls = syscallsOf(arch);
    const auto found = std::ranges::lower_bound(calls, number, {}, &Syscall::number);
    return found != calls.end() && found->number == number ? std::string_view(found->name)
                                                           : std::string_view();
}

std::optional<std::uint32_t> numberOf(const Arch& arch, std::string_view nameOrNumber) {
    const auto& numbers = tableOf(arch).numbers;
    if (const auto found = numbers.find(nameOrNumber); found != numbers.end()) {
        return found->second;
    }
    std::string_view digits = nameOrNumber.starts_with('#') ? nameOrNumber.substr(1) : nameOrNumber;
    const int base = digits.starts_with("0x") ? 16 : 10;
    digits.remove_prefix(base == 16 ? 2 : 0);
    std::int64_t number = 0; // -1 is a number too: it passes the filters as 0xffffffff
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    const bool whole = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
    if (!whole || number < INT32_MIN || number > UINT32_MAX) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(number);
}

std::string callKey(const Arch& arch, std::uint32_t number) {
    const std::string_view name = nameOf(arch, number);
    return name.empty() ? "#" + std::to_string(number) : std::string(name);
}

bool isKernelExempt(const Arch& arch, std::uint32_t number) {
    return arch.name == "x86_64" && (number == 335 || number == 336);
}

} // namespace bulkhead::seccomp
