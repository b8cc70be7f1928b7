// Filters of live processes as core/kernel reads them, held against what was installed here.

#include "filtered.h"

#include <cerrno>
#include <csignal>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace bulkhead::kernel {
namespace {

TEST(LiveFilters, ofAStackOf32AreOldestFirst) {
    std::vector<Program> programs;
    for (std::uint32_t i = 0; i < 32; ++i) {
        // Each says who it is: load a constant, throw it away.
        programs.push_back({instruction(0x00, i), instruction(0x06, 0x7fff0000)});
    }
    Target target([&] {
        for (std::size_t i = 0; i < programs.size(); ++i) {
            live::install(programs[i], i % 2 == 1);
        }
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    ASSERT_EQ(live->widest.filters.size(), programs.size());
    for (std::size_t i = 0; i < programs.size(); ++i) {
        EXPECT_EQ(live->widest.filters[i].program, live::bytesOf(programs[i])) << i;
        EXPECT_EQ(live->widest.filters[i].log, i % 2 == 1) << i;
    }
    EXPECT_TRUE(live->others.empty());
    EXPECT_GT(live->longestStop.count(), 0);
    expectRunning(target);
}

TEST(LiveFilters, aProgramOfTheGreatestLengthFits) {
    Program longest(4096, instruction(0x00, 7));
    longest.back() = instruction(0x06, 0x7fff0000);
    // kernel/seccomp.c: 32768 for all together, counted as the kernel translates them, each with four more.
    Program last(3900, instruction(0x00, 9));
    last.back() = instruction(0x06, 0x7fff0000);
    Target target([&] {
        for (int i = 0; i < 7; ++i) {
            live::install(longest, false);
        }
        live::install(last, false);
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    ASSERT_EQ(live->widest.filters.size(), 8U);
    EXPECT_EQ(live->widest.filters[6].program, live::bytesOf(longest));
    EXPECT_EQ(live->widest.filters[7].program, live::bytesOf(last));
}

TEST(LiveFilters, threadsWithFiltersOfTheirOwnAreToldApart) {
    const Program common = {instruction(0x00, 1), instruction(0x06, 0x7fff0000)};
    const Program own = {instruction(0x00, 2), instruction(0x06, 0x7fff0000)};
    Target target([&] {
        live::install(common, false);
        live::startThreads(3, [&](int index) {
            if (index < 2) {
                live::install(own, false);
            }
        });
        live::install(own, false); // the main thread is not the widest
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_TRUE(live->ordered);
    EXPECT_EQ(live->widest.tids.size(), 1U);
    ASSERT_EQ(live->widest.filters.size(), 1U);
    EXPECT_EQ(live->widest.filters[0].program, live::bytesOf(common));
    ASSERT_EQ(live->others.size(), 1U);
    EXPECT_EQ(live->others[0].tids.size(), 3U);
    EXPECT_EQ(live->others[0].filters[1].program, live::bytesOf(own));
    expectRunning(target);
}

TEST(LiveFilters, threadsOfOneCountAndOtherProgramsAreToldApart) {
    Target target([&] {
        live::startThreads(1, [&](int) { live::install({instruction(0x06, 0x7fff0000)}, false); });
        live::install({instruction(0x00, 5), instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    const auto live = readOf(target.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_FALSE(live->ordered);
    EXPECT_EQ(live->widest.tids, std::vector<std::int64_t>{target.pid()});
    EXPECT_EQ(live->others.size(), 1U);
}

TEST(LiveFilters, strictModeAndNoneNeedNoStop) {
    Target strict([] {
        live::ready();
        live::enterStrictMode();
        live::spinForever();
    });
    for (int i = 0; i < 1000 && field(strict.pid(), "Seccomp") != "1"; ++i) {
        ::usleep(1000);
    }
    const auto live = readOf(strict.pid());
    ASSERT_TRUE(live) << live.error().why.reason;
    EXPECT_EQ(live->widest.mode, 1);
    EXPECT_EQ(live->longestStop.count(), 0);
    Target plain([] { live::turnForever(); });
    const auto none = readOf(plain.pid());
    ASSERT_TRUE(none) << none.error().why.reason;
    EXPECT_EQ(none->widest.mode, 0);
    EXPECT_EQ(none->longestStop.count(), 0);
}

TEST(LiveFilters, anotherTracerIsNamed) {
    Target target([] {
        live::install({instruction(0x06, 0x7fff0000)}, false);
        live::turnForever();
    });
    ASSERT_EQ(::ptrace(PTRACE_SEIZE, target.pid(), nullptr, nullptr), 0);
    const auto held = readOf(target.pid());
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().why.reason, "pid " + std::to_string(::getpid()) + " traces the process already");
    EXPECT_EQ(held.error().why.needs, "pid " + std::to_string(::getpid()) + " to let go of it");
}

} // namespace
} // namespace bulkhead::kernel
