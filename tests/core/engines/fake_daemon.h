#pragma once

#include "core/os/temporary_directory.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::engines {

/// A daemon that is none: it sends what the test says, byte for byte, to whoever connects. What real ones
/// answer is asked of real ones in tests/live/engine_api_test.py.
class FakeDaemon {
public:
    FakeDaemon(const std::string& path, std::string answer, bool staySilent = false)
        : m_answer(std::move(answer)), m_stay(staySilent), m_listener(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        m_up = ::bind(m_listener, generic, sizeof address) == 0 && ::listen(m_listener, 8) == 0;
        m_thread = std::thread([this] { serve(); });
    }
    FakeDaemon(const FakeDaemon&) = delete;
    FakeDaemon& operator=(const FakeDaemon&) = delete;
    ~FakeDaemon() {
        m_ending = true;
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }
    [[nodiscard]] bool up() const { return m_up; }
    [[nodiscard]] const std::string& asked() const { return m_asked; }

private:
    void serve() {
        while (!m_ending) {
            const int client = ::accept(m_listener, nullptr, nullptr);
            if (client < 0) {
                return;
            }
            char buffer[4096];
            const ssize_t size = ::read(client, buffer, sizeof buffer);
            m_asked.assign(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
            (void)!::send(client, m_answer.data(), m_answer.size(), MSG_NOSIGNAL);
            while (m_stay && !m_ending) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
            ::close(client);
        }
    }

    std::string m_answer;
    std::string m_asked;
    bool m_stay;
    bool m_up = false;
    int m_listener;
    std::atomic<bool> m_ending = false;
    std::thread m_thread;
};

/// A folder for the socket of such a daemon.
class DaemonTest : public testing::Test {
protected:
    void SetUp() override {
        auto made = os::TemporaryDirectory::make("bulkhead-api");
        ASSERT_TRUE(made) << made.error().message;
        m_folder.emplace(std::move(*made));
    }
    /// The path, with nothing there.
    [[nodiscard]] std::string freshSocket() const {
        std::filesystem::remove(socket());
        return socket();
    }
    [[nodiscard]] std::string socket() const { return (m_folder->path() / "s").string(); }

private:
    std::optional<os::TemporaryDirectory> m_folder;
};

} // namespace bulkhead::engines
