#include "core/threat/host_paths.h"

#include <gtest/gtest.h>
#include <string>

namespace bulkhead::threat {
namespace {

using model::Truth;

Truth shown(std::string_view hostPath, std::string_view pattern) {
    return showsHostPath(hostPath, {parseHostPathPattern(pattern)});
}

TEST(HostPaths, AreShownByThemselvesAndFromAbove) {
    EXPECT_EQ(shown("/etc/ssh", "/etc/ssh"), Truth::yes);
    EXPECT_EQ(shown("/etc", "/etc/ssh"), Truth::yes);
    EXPECT_EQ(shown("/etc/", "/etc/ssh"), Truth::yes);
    EXPECT_EQ(shown("//etc/./ssh", "/etc/ssh"), Truth::yes);
    EXPECT_EQ(shown("/et", "/etc/ssh"), Truth::no);
    EXPECT_EQ(shown("/etc/sshd", "/etc/ssh"), Truth::no);
    EXPECT_EQ(shown("/", "/etc/ssh"), Truth::no) << "the root is asked for by name";
    EXPECT_EQ(shown("/", "/"), Truth::yes);
    EXPECT_EQ(shown("/etc", "/"), Truth::no);
}

TEST(HostPaths, AreShownFromBelowWhereThatIsAskedFor) {
    EXPECT_EQ(shown("/etc/ssh/keys/one", "/etc/ssh/"), Truth::yes);
    EXPECT_EQ(shown("/etc/ssh/keys/one", "/etc/ssh"), Truth::no);
    EXPECT_EQ(shown("/etc", "/etc/ssh/"), Truth::yes);
    EXPECT_EQ(shown("/srv", "/"), Truth::no);
}

TEST(HostPaths, ThatTheHostMayLackAreNotKnownFromAbove) {
    EXPECT_EQ(shown("/var/lib", "?/var/lib/kubelet"), Truth::unknown);
    EXPECT_EQ(shown("/var/lib/kubelet", "?/var/lib/kubelet"), Truth::yes);
    EXPECT_EQ(shown("/var/lib/kubelet/pki", "?/var/lib/kubelet/"), Truth::yes);
    EXPECT_EQ(shown("/var/log", "?/var/lib/kubelet"), Truth::no);
    EXPECT_EQ(
        showsHostPath("/etc", {parseHostPathPattern("?/etc/docker"), parseHostPathPattern("/etc/passwd")}),
        Truth::yes);
}

TEST(HostPaths, HaveOneNameForAStar) {
    EXPECT_EQ(shown("/home/alice/.ssh", "?/home/*/.ssh/"), Truth::yes);
    EXPECT_EQ(shown("/home/alice/.ssh/id_ed25519", "?/home/*/.ssh/"), Truth::yes);
    EXPECT_EQ(shown("/home/alice", "?/home/*/.ssh/"), Truth::unknown);
    EXPECT_EQ(shown("/home/alice/work", "?/home/*/.ssh/"), Truth::no);
}

TEST(HostPaths, AreTheSameInEverySpelling) {
    EXPECT_TRUE(sameHostPath("/srv/data", "//srv/./data/"));
    EXPECT_TRUE(sameHostPath("/var/run/docker.sock", "/run/docker.sock"));
    EXPECT_TRUE(sameHostPath("/proc/1/root/etc", "/etc"));
    EXPECT_TRUE(sameHostPath("/", "/proc/1/root"));
    EXPECT_FALSE(sameHostPath("/srv", "/srv/data"));
    EXPECT_FALSE(sameHostPath("/srv/data", "/srv"));
    EXPECT_FALSE(sameHostPath("/srv/data", "/srv/date"));
    std::string deep;
    for (int i = 0; i < 40; ++i) {
        deep += "/a";
    }
    EXPECT_TRUE(sameHostPath(deep, deep));
    EXPECT_FALSE(sameHostPath(deep + "/b", deep + "/c"));
}

// proc(5): /proc/PID/root is the root of that process; file-hierarchy(7): /var/run is a link to /run.
TEST(HostPaths, FollowLinksOfEveryHost) {
    EXPECT_EQ(shown("/proc/1/root", "/"), Truth::yes);
    EXPECT_EQ(shown("/proc/self/root/etc", "/etc"), Truth::yes);
    EXPECT_EQ(shown("/proc/1/root/proc/1/root/var/run/docker.sock", "/run/docker.sock"), Truth::yes);
    EXPECT_EQ(shown("/proc/1/rootless", "/"), Truth::no);
    EXPECT_EQ(shown("/proc/sys/root", "/"), Truth::no);
    EXPECT_EQ(shown("/var/run", "/run/docker.sock"), Truth::yes);
    EXPECT_EQ(shown("/var/running", "/run"), Truth::no);
}

TEST(HostPaths, MayBeOfAnyDepth) {
    std::string deep = "/etc/ssh";
    for (int i = 0; i < 500; ++i) {
        deep += "/a";
    }
    EXPECT_EQ(shown(deep, "/etc/ssh/"), Truth::yes);
    EXPECT_EQ(shown(deep, "/etc/ssh"), Truth::no);
    EXPECT_EQ(shown("/proc/1/root" + deep, "/etc/ssh/"), Truth::yes);
}

} // namespace
} // namespace bulkhead::threat
