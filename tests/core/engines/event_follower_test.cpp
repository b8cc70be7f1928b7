#include "core/engines/event_follower.h"
#include "core/engines/event_lines.h"
#include "tests/core/engines/fake_daemon.h"

#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>

namespace bulkhead::engines {
namespace {

using namespace std::chrono_literals;

TEST(EventLines, WhatMovesABoundaryAndWhatDoesNot) {
    // as docker 28.2 and podman 4.3 write them, shortened
    for (const char* line :
         {R"({"status":"start","id":"12","Type":"container","Action":"start","Actor":{"ID":"12"}})",
          R"({"Type":"container","Action":"exec_start: sh -c x"})", R"({"Type":"container","Action":"die"})",
          R"({"status":"exec","Type":"container","Action":"exec"})", R"({"status":"start","id":"12"})"}) {
        EXPECT_TRUE(movesBoundary(line)) << line;
    }
    for (const char* line :
         {R"({"Type":"container","Action":"attach"})",
          R"({"Type":"container","Action":"health_status: healthy"})", R"({"Type":"image","Action":"start"})",
          R"({"Type":"container","Action":7})", R"({"Type":"container"})", R"(["start"])", "start", "", "{",
          R"({"Type":"container","Action":"starting"})", "\xff\xfe"}) {
        EXPECT_FALSE(movesBoundary(line)) << line;
    }
    EXPECT_FALSE(movesBoundary(std::string(60000, '[')));
}

std::vector<std::string> linesOf(LineCutter& cutter, const std::vector<std::string>& parts) {
    std::vector<std::string> out;
    for (const std::string& part : parts) {
        cutter.feed(part, [&](std::string_view line) { out.emplace_back(line); });
    }
    return out;
}

TEST(EventLines, AreCutWhereverTheyArrivedAndDroppedWhereTheyAreTooLong) {
    using Lines = std::vector<std::string>;
    LineCutter cutter(8);
    EXPECT_EQ(linesOf(cutter, {"one\ntw", "o\n\nthree", "\n"}), (Lines{"one", "two", "three"}));
    EXPECT_EQ(linesOf(cutter, {"123456789\nshort\n"}), Lines{"short"});
    EXPECT_EQ(linesOf(cutter, {"12345", "6789", "0\nshort\n12345678\n"}), (Lines{"short", "12345678"}));
}

/// Counts rings, and waits for them.
class Rings {
public:
    void ring() {
        const std::lock_guard lock(m_mutex);
        ++m_count;
        m_woken.notify_all();
    }
    [[nodiscard]] bool reach(int count) {
        std::unique_lock lock(m_mutex);
        return m_woken.wait_for(lock, 60s, [&] { return m_count >= count; });
    }
    [[nodiscard]] int count() {
        const std::lock_guard lock(m_mutex);
        return m_count;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_woken;
    int m_count = 0;
};

const std::string kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(const std::string& text) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string size;
    for (std::size_t left = text.size(); left > 0; left /= 16) {
        size.insert(0, 1, kDigits[left % 16]);
    }
    return size + "\r\n" + text + "\r\n";
}

class FollowerTest : public DaemonTest {
protected:
    [[nodiscard]] EventFollower follow(Rings& rings) {
        const EngineEndpoint endpoint{EngineKind::docker, "unix://" + socket(), "the test"};
        return {
            [endpoint, this] {
                m_looks.ring();
                return std::vector{endpoint};
            },
            [&rings] { rings.ring(); },
            {20ms, 10ms, 40ms}};
    }
    Rings m_looks; ///< for engines
};

TEST_F(FollowerTest, RingsWhenAContainerStarts) {
    const FakeDaemon daemon(
        socket(),
        kHead + chunk("{\"Type\":\"container\",\"Action\":\"attach\"}\n") +
            chunk("{\"Type\":\"container\",\"Act") + chunk("ion\":\"start\"}\n"),
        true);
    Rings rings;
    const EventFollower follower = follow(rings);
    EXPECT_TRUE(rings.reach(1));
    EXPECT_TRUE(daemon.asked().starts_with("GET /events?filters=")) << daemon.asked();
}

/// It is tried again and again, and each return is a ring: what happened meanwhile is not known.
TEST_F(FollowerTest, AnEngineThatEndsAndComesBackIsFollowedAnew) {
    const FakeDaemon daemon(socket(), kHead + "0\r\n\r\n");
    Rings rings;
    const EventFollower follower = follow(rings);
    EXPECT_TRUE(rings.reach(4));
}

TEST_F(FollowerTest, AnEngineThatAppearsLaterIsFound) {
    Rings rings;
    const EventFollower follower = follow(rings);
    ASSERT_TRUE(m_looks.reach(3)) << "it was tried";
    const FakeDaemon daemon(socket(), kHead, true);
    EXPECT_TRUE(rings.reach(1));
}

TEST_F(FollowerTest, GarbageAndSilenceRingNothingAndEndAtOnce) {
    const std::vector<std::string> answers = {
        "",
        "\x01\x02garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 39\r\n\r\n{\"Type\":\"container\",\"Action\":\"start\"}\n",
        kHead + chunk(std::string(200000, 'x')),
    };
    for (const std::string& answer : answers) {
        const FakeDaemon daemon(freshSocket(), answer, true);
        Rings rings;
        {
            const EventFollower follower = follow(rings);
            std::this_thread::sleep_for(100ms);
        }
        EXPECT_EQ(rings.count(), 0) << answer.substr(0, 60);
    }
}

TEST_F(FollowerTest, AnAddressThatCannotBeFollowedIsLeftAlone) {
    Rings rings;
    const EngineEndpoint endpoint{EngineKind::docker, "ssh://host", "the test"};
    {
        const EventFollower follower(
            [endpoint] { return std::vector{endpoint}; }, [&rings] { rings.ring(); }, {20ms, 10ms, 40ms});
        std::this_thread::sleep_for(60ms);
    }
    EXPECT_EQ(rings.count(), 0);
}

} // namespace
} // namespace bulkhead::engines
