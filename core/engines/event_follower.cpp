#include "core/engines/event_follower.h"

#include "core/engines/curl_setup.h"
#include "core/engines/event_lines.h"

#include <algorithm>
#include <curl/curl.h>
#include <list>
#include <memory>
#include <string>

namespace bulkhead::engines {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// {"type":["container"]}; both engines answer the path of Docker's API.
constexpr const char* kPath = "/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D";
constexpr curl_off_t kMostBytesASecond = 256L * 1024;
constexpr long kConnectSeconds = 10;
constexpr long kSuccess = 200;

/// One engine's stream: open, or waiting to be tried again. It is not moved: libcurl holds its address.
struct Stream {
    EngineEndpoint endpoint;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{nullptr, curl_easy_cleanup};
    LineCutter lines;
    Clock::time_point retry;
    milliseconds pause{0};
    bool wasOpen = false; ///< answered since it was tried
    bool lost = false;    ///< was tried before: what happened meanwhile is not known
    bool rings = false;
};

std::size_t takeBytes(const char* data, std::size_t, std::size_t count, void* target) {
    Stream& stream = *static_cast<Stream*>(target);
    stream.lines.feed({data, count}, [&](std::string_view line) {
        stream.rings = stream.rings || (stream.wasOpen && movesBoundary(line));
    });
    return count;
}

/// The end of the headers of an answer that is one.
std::size_t takeHeader(const char* data, std::size_t, std::size_t count, void* target) {
    Stream& stream = *static_cast<Stream*>(target);
    long status = 0;
    curl_easy_getinfo(stream.curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (std::string_view(data, count) == "\r\n" && status == kSuccess) {
        stream.wasOpen = true;
        stream.rings = stream.rings || stream.lost;
    }
    return count;
}

/// The streams of all engines, in one loop that sleeps while none of them says anything.
class Loop {
public:
    Loop(EventFollower::Find find, EventFollower::Ring ring, const FollowPace& pace)
        : m_find(std::move(find)), m_ring(std::move(ring)), m_pace(pace),
          m_multi(curl_multi_init(), curl_multi_cleanup) {}
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop() {
        for (const Stream& stream : m_streams) {
            close(stream);
        }
    }

    void run(const std::stop_token& stop) {
        if (!m_multi) {
            return; // the polling is not told by events then
        }
        const std::stop_callback wake(stop, [this] { curl_multi_wakeup(m_multi.get()); });
        while (!stop.stop_requested()) {
            takeEngines();
            int running = 0;
            curl_multi_perform(m_multi.get(), &running);
            endFinished();
            ringOnce();
            const auto left = std::chrono::ceil<milliseconds>(nextTime() - Clock::now()).count();
            curl_multi_poll(m_multi.get(), nullptr, 0, static_cast<int>(std::max<long>(left, 0)), nullptr);
        }
    }

private:
    void close(const Stream& stream) {
        if (stream.curl) {
            curl_multi_remove_handle(m_multi.get(), stream.curl.get());
        }
    }

    /// Engines come and go; those that are new are followed at once.
    void takeEngines() {
        const auto now = Clock::now();
        if (now >= m_nextFind) {
            m_nextFind = now + m_pace.find;
            const std::vector<EngineEndpoint> found = m_find();
            std::erase_if(m_streams, [&](const Stream& stream) {
                return !stream.curl && std::ranges::find(found, stream.endpoint) == found.end();
            });
            for (const EngineEndpoint& endpoint : found) {
                if (std::ranges::find(m_streams, endpoint, &Stream::endpoint) == m_streams.end()) {
                    m_streams.emplace_back().endpoint = endpoint;
                    m_streams.back().lost = m_begun; // it was not there, and its containers may be new
                }
            }
            m_begun = true;
        }
        for (Stream& stream : m_streams) {
            if (!stream.curl && stream.retry <= now) {
                open(stream);
            }
        }
    }

    void open(Stream& stream) {
        const auto address = addressOf(stream.endpoint);
        stream.curl.reset(address ? curl_easy_init() : nullptr);
        if (!stream.curl) {
            putOff(stream);
            return;
        }
        stream.lines = LineCutter();
        stream.wasOpen = false;
        CURL* curl = stream.curl.get();
        setUpTransfer(curl, *address, kPath);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
        curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(curl, CURLOPT_MAX_RECV_SPEED_LARGE, kMostBytesASecond);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, takeBytes);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &stream);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, takeHeader);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &stream);
        curl_multi_add_handle(m_multi.get(), curl);
    }

    /// The pause doubles, unless the engine answered.
    void putOff(Stream& stream) {
        stream.pause = stream.wasOpen || stream.pause.count() == 0
                           ? m_pace.firstRetry
                           : std::min(stream.pause * 2, m_pace.lastRetry);
        stream.retry = Clock::now() + stream.pause;
        stream.lost = true;
    }

    void endFinished() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(m_multi.get(), &left)) {
            const auto stream = std::ranges::find_if(
                m_streams, [&](const Stream& one) { return one.curl.get() == message->easy_handle; });
            if (message->msg != CURLMSG_DONE || stream == m_streams.end()) {
                continue;
            }
            stream->rings = stream->rings || stream->wasOpen; // an engine that ends may end its containers
            close(*stream);
            stream->curl.reset();
            putOff(*stream);
        }
    }

    void ringOnce() {
        bool rings = false;
        for (Stream& stream : m_streams) {
            rings = rings || stream.rings;
            stream.rings = false;
        }
        if (rings) {
            m_ring();
        }
    }

    [[nodiscard]] Clock::time_point nextTime() const {
        auto next = m_nextFind;
        for (const Stream& stream : m_streams) {
            next = stream.curl ? next : std::min(next, stream.retry);
        }
        return next;
    }

    EventFollower::Find m_find;
    EventFollower::Ring m_ring;
    FollowPace m_pace;
    std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> m_multi;
    std::list<Stream> m_streams; ///< destroyed before m_multi
    Clock::time_point m_nextFind;
    bool m_begun = false;
};

} // namespace

EventFollower::EventFollower(Find find, Ring ring, FollowPace pace)
    : m_thread([find = std::move(find), ring = std::move(ring), pace](const std::stop_token& stop) {
          Loop(find, ring, pace).run(stop);
      }) {}

std::vector<EngineEndpoint> endpointsHere() {
    std::vector<EngineEndpoint> out;
    const auto settings = EngineSettings::ofThisProcess();
    for (const EngineKind kind : {EngineKind::docker, EngineKind::podman}) {
        if (auto found = findEndpoints(kind, settings)) {
            std::ranges::move(*found, std::back_inserter(out));
        }
    }
    return out;
}

} // namespace bulkhead::engines
