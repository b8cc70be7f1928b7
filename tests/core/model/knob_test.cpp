#include "core/model/knob.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::model {
namespace {

TEST(Knobs, areSortedAndEachHasAMeaning) {
    EXPECT_TRUE(std::ranges::is_sorted(knobs(), {}, &Knob::name));
    for (const Knob& knob : knobs()) {
        EXPECT_GT(knob.meaning.size(), 10U) << knob.name;
    }
    EXPECT_EQ(knobMeaning("kernel.modules_disabled"), "loading modules: 1 refused until a reboot");
    EXPECT_EQ(knobMeaning("kernel.nothing"), "");
}

} // namespace
} // namespace bulkhead::model
