#include "core/engines/engine_containers.h"
#include "tests/core/engines/fake_daemon.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::engines {
namespace {

using base::ErrorKind;
using namespace std::chrono_literals;

std::string okay(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class EngineApiTest : public DaemonTest {
protected:
    std::string path() { return socket(); }
    EngineEndpoint endpoint() { return {EngineKind::docker, "unix://" + path(), "the test"}; }
    std::string who() { return "docker at unix://" + path() + " (the test): "; }
    std::string errorOf(const std::string& answer, bool staySilent, EngineBounds bounds = {300ms, 1000}) {
        const FakeDaemon daemon(freshSocket(), answer, staySilent);
        EXPECT_TRUE(daemon.up());
        const auto got = inspectContainer(endpoint(), "web", bounds);
        return got ? "" : got.error().message;
    }
};

TEST_F(EngineApiTest, ADaemonThatMisbehavesEndsInBoundedTime) {
    EXPECT_EQ(errorOf("", true), who() + "no whole answer within 300 ms");
    EXPECT_EQ(
        errorOf("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"Id\"", true),
        who() + "no whole answer within 300 ms");
    EXPECT_TRUE(errorOf("", false).starts_with(who())) << errorOf("", false);
    EXPECT_TRUE(errorOf("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"Id\"", false).starts_with(who()));
    EXPECT_TRUE(errorOf("\x16\x03\x01 not HTTP", false).starts_with(who()));
    EXPECT_EQ(errorOf(okay(std::string(2000, ' ')), false), who() + "answered more than 1000 bytes");
}

TEST_F(EngineApiTest, AnswersThatAreNotWhatTheApiDocuments) {
    const std::string start = "docker at unix://" + path() + ": GET /containers/web/json: ";
    EXPECT_EQ(errorOf(okay("garbage"), false), start + "not the JSON object that its API documents");
    EXPECT_EQ(errorOf(okay("[]"), false), start + "not the JSON object that its API documents");
    EXPECT_EQ(errorOf(okay("{}"), false), start + "Id: expected 64 hexadecimal digits");
    EXPECT_EQ(
        errorOf(okay(R"({"Id": 7, "State": []})"), false), start + "Id: expected 64 hexadecimal digits");
    EXPECT_EQ(errorOf(okay(R"({"Id": "../../etc"})"), false), start + "Id: expected 64 hexadecimal digits");
}

TEST_F(EngineApiTest, RedirectsLeadNowhere) {
    EXPECT_EQ(
        errorOf("HTTP/1.1 302 Found\r\nLocation: http://localhost/x\r\nContent-Length: 0\r\n\r\n", false),
        "docker: status 302");
}

TEST_F(EngineApiTest, TheEnginesOwnWordsAreHandedOn) {
    const std::string body = R"({"message": "No such container: web"})";
    EXPECT_EQ(
        errorOf(
            "HTTP/1.1 404 Not Found\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
            false),
        "docker: No such container: web");
}

TEST_F(EngineApiTest, ANameIsOneSegmentOfThePath) {
    const std::string id(64, 'a');
    const FakeDaemon daemon(path(), okay(R"({"Id": ")" + id + R"(", "Name": "/web"})"));
    const auto got = inspectContainer(endpoint(), "../images/x?y#z %", {2000ms});
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->container.name, "web");
    EXPECT_TRUE(daemon.asked().starts_with("GET /containers/..%2Fimages%2Fx%3Fy%23z%20%25/json HTTP/1.1\r\n"))
        << daemon.asked();
}

TEST_F(EngineApiTest, SocketsThatAreNotThereOrNotSockets) {
    const auto absent = askEngine(endpoint(), "/version");
    EXPECT_EQ(absent.error().kind, ErrorKind::notFound);
    EXPECT_EQ(absent.error().message, "docker: " + path() + ": No such file or directory");
    ASSERT_EQ(::mkdir(path().c_str(), 0700), 0);
    EXPECT_EQ(askEngine(endpoint(), "/version").error().message, "docker: " + path() + ": not a socket");
}

TEST_F(EngineApiTest, AddressesThatAreNotAskedSayWhatToDo) {
    const EngineEndpoint ssh{EngineKind::docker, "ssh://me@host", "DOCKER_HOST"};
    EXPECT_EQ(askEngine(ssh, "/version").error().kind, ErrorKind::unsupported);
    EXPECT_TRUE(askEngine(ssh, "/version").error().message.contains("ssh -nNT -L"));
    const EngineEndpoint odd{EngineKind::podman, "fd://", "CONTAINER_HOST"};
    EXPECT_EQ(
        askEngine(odd, "/version").error().message,
        "fd:// (CONTAINER_HOST): expected unix://PATH or tcp://HOST:PORT");
}

} // namespace
} // namespace bulkhead::engines
