#include "core/twin/headroom.h"

#include <gtest/gtest.h>

namespace bulkhead::twin {
namespace {

TEST(Headroom, CountsWhatTheKernelWouldGiveBack) {
    struct Case {
        Usage usage;
        std::uint64_t least;
        bool enough;
    };
    for (const Case& one : {
             Case{{std::nullopt, 1000, 0}, 8, true}, Case{{100, 92, 0}, 8, true},
             Case{{100, 93, 0}, 8, false}, Case{{100, 99, 50}, 8, true},
             Case{{100, 99, 200}, 8, true}, // more to give back than is used: counters are read one by one
             Case{{100, 120, 0}, 8, false}, // a limit lowered below what is used
         }) {
        EXPECT_EQ(leaves(one.usage, one.least), one.enough)
            << one.usage.limit.value_or(0) << " " << one.usage.used << " " << one.usage.reclaimable;
    }
}

} // namespace
} // namespace bulkhead::twin
