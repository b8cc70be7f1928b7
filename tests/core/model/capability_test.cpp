#include "core/model/capability.h"

#include <algorithm>
#include <cctype>
#include <gtest/gtest.h>
#include <sys/capability.h>

namespace bulkhead::model {
namespace {

// libcap is the reference for names and numbers: cap_to_name(3), cap_from_name(3).
std::string libcapName(std::size_t number) {
    char* raw = ::cap_to_name(static_cast<cap_value_t>(number));
    std::string name = raw == nullptr ? "" : raw;
    ::cap_free(raw);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name;
}

TEST(Capability, namesAreThoseOfLibcap) {
    for (std::size_t number = 0; number < kKnownCapabilities; ++number) {
        const auto capability = static_cast<Capability>(number);
        EXPECT_EQ(capabilityName(capability), libcapName(number));
        cap_value_t value = -1;
        ASSERT_EQ(::cap_from_name(capabilityName(capability).c_str(), &value), 0);
        EXPECT_EQ(static_cast<std::size_t>(value), number);
        EXPECT_EQ(capabilityNamed(libcapName(number)), capability);
    }
}

TEST(Capability, aNumberWithoutANameKeepsItsNumber) {
    EXPECT_EQ(capabilityName(Capability{41}), "CAP_41");
    EXPECT_EQ(capabilityName(Capability{63}), "CAP_63");
    EXPECT_EQ(capabilityNamed("CAP_63"), Capability{63});
}

TEST(Capability, refusesWhatIsNotAName) {
    for (const std::string_view name :
         {"", "CAP_", "SYS_ADMIN", "cap_sys_admin", "CAP_SYS_ADMIN ", "CAP_NOPE", "CAP_64", "CAP_21",
          "ALL"}) {
        EXPECT_EQ(capabilityNamed(name), std::nullopt) << name;
    }
}

// 00000000a80425fb is CapEff of a Docker container with default settings (14 capabilities).
TEST(CapabilitySet, readsTheMaskOfProcStatus) {
    const CapabilitySet set(0xa80425fb);
    EXPECT_EQ(set.size(), 14U);
    EXPECT_EQ(set.mask(), 0xa80425fbU);
    EXPECT_EQ(
        set.sortedNames(), (std::vector<std::string>{
                               "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
                               "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP",
                               "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"}));
    EXPECT_TRUE(set.has(Capability{CAP_NET_RAW}));
    EXPECT_FALSE(set.has(Capability{CAP_SYS_ADMIN}));
}

TEST(CapabilitySet, membersAscendAndRoundTrip) {
    CapabilitySet set;
    EXPECT_TRUE(set.empty());
    set.add(Capability{40});
    set.add(Capability{0});
    set.add(Capability{21});
    set.remove(Capability{21});
    EXPECT_EQ(set.members(), (std::vector{Capability{0}, Capability{40}}));
    EXPECT_EQ(CapabilitySet(set.mask()), set);
}

TEST(CapabilitySet, algebra) {
    const CapabilitySet small(0b0101);
    const CapabilitySet large(0b0111);
    const CapabilitySet other(0b1001);
    EXPECT_TRUE(small.isSubsetOf(large));
    EXPECT_TRUE(small.isSubsetOf(small));
    EXPECT_FALSE(large.isSubsetOf(small));
    EXPECT_FALSE(other.isSubsetOf(large));
    EXPECT_EQ(large.minus(small), CapabilitySet(0b0010));
    EXPECT_EQ(other.intersected(large), CapabilitySet(0b0001));
    EXPECT_EQ(CapabilitySet(~std::uint64_t{0}).upTo(40), CapabilitySet(0x1ffffffffff));
    EXPECT_TRUE(CapabilitySet(0b1).upTo(-1).empty());
}

} // namespace
} // namespace bulkhead::model
