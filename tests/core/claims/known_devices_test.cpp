#include "core/claims/known_devices.h"

#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

// Numbers by Documentation/admin-guide/devices.txt of the kernel.
TEST(KnownDevices, HaveTheNumbersOfTheKernelsList) {
    struct Case {
        const char* path;
        char type;
        std::uint32_t major;
        std::uint32_t minor;
    };
    for (const Case& one :
         {Case{"/dev/sda", 'b', 8, 0}, Case{"/dev/sdb", 'b', 8, 16}, Case{"/dev/sdb15", 'b', 8, 31},
          Case{"/dev/hdb1", 'b', 3, 65}, Case{"/dev/nvme0n1", 'b', 259, 0},
          Case{"/dev/nvme0n1p2", 'b', 259, 2}, Case{"/dev/mmcblk0p1", 'b', 179, 1},
          Case{"/dev/loop3", 'b', 7, 3}, Case{"/dev/md0", 'b', 9, 0}, Case{"/dev/sr0", 'b', 11, 0},
          Case{"/dev/mem", 'c', 1, 1}, Case{"/dev/kmsg", 'c', 1, 11}, Case{"/dev/ttyS1", 'c', 4, 65},
          Case{"/dev/ttyUSB0", 'c', 188, 0}, Case{"/dev/kvm", 'c', 10, 232}, Case{"/dev/fuse", 'c', 10, 229},
          Case{"/dev/net/tun", 'c', 10, 200}, Case{"/dev/dri/renderD128", 'c', 226, 128},
          Case{"/dev/video0", 'c', 81, 0}}) {
        const auto found = deviceNamed(one.path);
        ASSERT_TRUE(found) << one.path;
        EXPECT_EQ(found->path, one.path);
        EXPECT_EQ(found->type, one.type) << one.path;
        EXPECT_EQ(found->major, one.major) << one.path;
        EXPECT_EQ(found->minor, one.minor) << one.path;
    }
}

TEST(KnownDevices, AreNoOthers) {
    for (const char* path :
         {"/dev/mine", "/dev/sd", "/dev/sda99", "/dev/sdaa", "/dev/sda1x", "/dev/nvme0", "/dev/loop",
          "/dev/memory", "/dev/kvm0", "/dev/ttyUSB", "/dev/loop99999", "/sda", "", "/dev/ttyS1p1"}) {
        EXPECT_FALSE(deviceNamed(path)) << path;
    }
}

} // namespace
} // namespace bulkhead::claims
