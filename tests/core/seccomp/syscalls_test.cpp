// The names of calls against libseccomp, which has them from the kernel's tables, in both directions.

#include "core/seccomp/syscalls.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <seccomp.h>

namespace bulkhead::seccomp {
namespace {

constexpr std::uint32_t kNumbers = 1024;
constexpr std::uint32_t kArmPrivate = 0xf0000; // __ARM_NR_BASE
constexpr std::uint32_t kFirstUnified = 424;   // since Linux 5.1 a new call has one number everywhere

std::uint32_t tokenOf(const Arch& arch) {
    const std::map<std::string_view, std::uint32_t> tokens = {
        {"x86_64", SCMP_ARCH_X86_64},
        {"i386", SCMP_ARCH_X86},
        {"x32", SCMP_ARCH_X32},
        {"aarch64", SCMP_ARCH_AARCH64},
        {"arm", SCMP_ARCH_ARM}};
    return tokens.at(arch.name);
}

std::string libraryNameOf(const Arch& arch, std::uint32_t number) {
    const std::unique_ptr<char, decltype(&std::free)> name(
        ::seccomp_syscall_resolve_num_arch(tokenOf(arch), static_cast<int>(number)), &std::free);
    return name ? name.get() : "";
}

TEST(Syscalls, everyNameThatLibseccompHasIsOurs) {
    for (const Arch& arch : arches()) {
        std::size_t known = 0;
        const auto compare = [&](std::uint32_t number) {
            const std::string name = libraryNameOf(arch, number);
            if (!name.empty()) {
                EXPECT_EQ(nameOf(arch, number), name) << arch.name << " " << number;
                EXPECT_EQ(numberOf(arch, name), number) << arch.name << " " << name;
                ++known;
            }
        };
        for (std::uint32_t number = 0; number < kNumbers; ++number) {
            compare(number | arch.bit);
        }
        for (std::uint32_t number = kArmPrivate; arch.name == "arm" && number < kArmPrivate + 16; ++number) {
            compare(number);
        }
        EXPECT_GT(known, 300U) << arch.name;
    }
}

TEST(Syscalls, whatLibseccompLacksIsYoungOrTheKernelsAlone) {
    for (const Arch& arch : arches()) {
        std::uint32_t last = 0;
        for (const Syscall& call : syscallsOf(arch)) {
            EXPECT_TRUE(last < call.number || &call == &syscallsOf(arch).front()) << call.name;
            last = call.number;
            const std::uint32_t number = call.number & ~arch.bit;
            const bool probe = arch.name == "x86_64" && (number == 335 || number == 336);
            EXPECT_TRUE(!libraryNameOf(arch, call.number).empty() || number >= kFirstUnified || probe)
                << arch.name << " " << call.name;
        }
    }
}

// arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl, scripts/syscall.tbl and arch/arm/tools/syscall.tbl.
TEST(Syscalls, youngCallsAsTheKernelsTablesHaveThem) {
    for (const Arch& arch : arches()) {
        EXPECT_EQ(nameOf(arch, 424 | arch.bit), "pidfd_send_signal");
        EXPECT_EQ(nameOf(arch, 435 | arch.bit), "clone3");
        EXPECT_EQ(nameOf(arch, 447 | arch.bit), arch.name == "arm" ? "" : "memfd_secret");
        EXPECT_EQ(nameOf(arch, 453 | arch.bit), arch.name == "x32" ? "" : "map_shadow_stack");
        EXPECT_EQ(nameOf(arch, 462 | arch.bit), "mseal");
        EXPECT_EQ(nameOf(arch, 469 | arch.bit), "file_setattr");
        EXPECT_EQ(nameOf(arch, 470 | arch.bit), "");
    }
    EXPECT_EQ(numberOf(*findArch("x86_64"), "uretprobe"), 335U);
    EXPECT_EQ(numberOf(*findArch("x86_64"), "uprobe"), 336U);
    EXPECT_EQ(numberOf(*findArch("arm"), "cacheflush"), 0xf0002U);
}

} // namespace
} // namespace bulkhead::seccomp
