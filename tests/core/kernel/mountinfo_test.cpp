#include "core/kernel/mountinfo.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

MountEntry only(std::string_view line) {
    const auto entries = parseMountinfo(line);
    EXPECT_TRUE(entries) << (entries ? "" : entries.error().message);
    return entries && entries->size() == 1 ? entries->front() : MountEntry{};
}

// The line that proc(5) explains.
TEST(Mountinfo, readsTheLineOfTheManual) {
    const MountEntry entry =
        only("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n");
    EXPECT_EQ(entry.id, 36);
    EXPECT_EQ(entry.parent, 35);
    EXPECT_EQ(entry.device, "98:0");
    EXPECT_EQ(entry.root, "/mnt1");
    EXPECT_EQ(entry.target, "/mnt2");
    EXPECT_EQ(entry.options, (std::vector<std::string>{"rw", "noatime"}));
    EXPECT_EQ(entry.master, 1);
    EXPECT_EQ(entry.shared, std::nullopt);
    EXPECT_EQ(entry.fsType, "ext3");
    EXPECT_EQ(entry.source, "/dev/root");
    EXPECT_EQ(entry.superOptions, (std::vector<std::string>{"rw", "errors=continue"}));
    EXPECT_FALSE(entry.readOnly());
}

TEST(Mountinfo, propagationIsInTheTags) {
    struct Case {
        std::string tags;
        std::string propagation;
    };
    for (const Case& c : {
             Case{"", "private"},
             Case{"shared:7 ", "shared"},
             Case{"master:7 ", "slave"},
             Case{"master:7 propagate_from:2 ", "slave"},
             Case{"shared:3 master:7 ", "shared,slave"},
             Case{"unbindable ", "unbindable"},
             Case{"novelty:1 ", "private"},
         }) {
        EXPECT_EQ(only("1 2 0:1 / /x rw " + c.tags + "- tmpfs t rw\n").propagation(), c.propagation)
            << c.tags;
    }
}

TEST(Mountinfo, unescapesNamesAndKeepsRawBytes) {
    const MountEntry entry = only("1 2 0:1 /a\\040b /c\\011d\\012e\\134f rw - tmpfs x\\043y\x1b[31m rw");
    EXPECT_EQ(entry.root, "/a b");
    EXPECT_EQ(entry.target, "/c\td\ne\\f");
    EXPECT_EQ(entry.source, "x#y\x1b[31m");
}

TEST(Mountinfo, octalIsThreeDigitsOfOneByte) {
    EXPECT_EQ(unescapeOctal("\\040\\377"), " \xff");
    EXPECT_EQ(unescapeOctal("\\04"), "\\04");
    EXPECT_EQ(unescapeOctal("\\400\\089\\"), "\\400\\089\\");
    EXPECT_EQ(unescapeOctal("\\\\040"), "\\ ");
}

TEST(Mountinfo, oddFieldsOfTheWild) {
    EXPECT_EQ(only("1 2 0:1 / /x rw - tmpfs  rw").source, "");
    EXPECT_EQ(only("1 2 0:1 / /- rw - fuse.sshfs - rw").source, "-");
    EXPECT_EQ(
        only("1 2 0:1 / /x rw - fuse.x y rw,a b").superOptions, (std::vector<std::string>{"rw", "a b"}));
    const MountEntry deleted = only("1 2 0:1 /a//deleted /x rw - ext4 /dev/sda rw");
    EXPECT_TRUE(deleted.deleted);
    EXPECT_EQ(deleted.root, "/a");
    EXPECT_FALSE(only("1 2 0:1 /a /x rw - ext4 /dev/sda rw").deleted);
}

TEST(Mountinfo, readOnlyByMountOrBySuperblock) {
    EXPECT_TRUE(only("1 2 0:1 / /x ro,nosuid - proc proc rw").readOnly());
    EXPECT_TRUE(only("1 2 0:1 / /x rw - ext4 /dev/sda ro,errors=ro").readOnly());
    EXPECT_FALSE(only("1 2 0:1 / /x rw,norelatime - ext4 ro rw,errors=remount-ro").readOnly());
    EXPECT_TRUE(only("1 2 0:1 / /x rw,idmapped - ext4 x rw").has("idmapped"));
}

TEST(Mountinfo, refusesDamagedLinesByNumber) {
    struct Case {
        std::string line;
        std::string message;
    };
    const std::string fine = "1 2 0:1 / /x rw - tmpfs t rw\n";
    for (const Case& c : {
             Case{"", "mountinfo line 2: fewer than 10 fields"},
             Case{
                 "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3",
                 "mountinfo line 2: fewer than 10 fields"},
             Case{"x 2 0:1 / /x rw - tmpfs t rw", "mountinfo line 2: a mount id is no number"},
             Case{"1 2x 0:1 / /x rw - tmpfs t rw", "mountinfo line 2: a mount id is no number"},
             Case{"1 2 01 / /x rw - tmpfs t rw", "mountinfo line 2: the device is not MAJOR:MINOR"},
             Case{"1 2 0:a / /x rw - tmpfs t rw", "mountinfo line 2: the device is not MAJOR:MINOR"},
             Case{
                 "1 2 0:1 / /x rw shared:1 tmpfs t rw",
                 "mountinfo line 2: no separator before three last fields"},
             Case{
                 "1 2 0:1 / /x rw shared:1 master:2 - tmpfs t",
                 "mountinfo line 2: no separator before three last fields"},
             Case{"1 2 0:1 / /x rw shared:one - tmpfs t rw", "mountinfo line 2: a peer group is no number"},
             Case{"1 2 0:1 / /x rw master: - tmpfs t rw", "mountinfo line 2: a peer group is no number"},
         }) {
        const auto entries = parseMountinfo(fine + c.line + "\n" + fine);
        ASSERT_FALSE(entries) << c.line;
        EXPECT_EQ(entries.error().message, c.message);
        EXPECT_EQ(entries.error().kind, base::ErrorKind::malformed);
    }
}

TEST(Mountinfo, boundsTheCount) {
    std::string many;
    for (std::size_t i = 0; i <= kMaxMounts; ++i) {
        many += "1 2 0:1 / / rw - t t rw\n";
    }
    EXPECT_EQ(parseMountinfo(many).error().message, "mountinfo: more than 100000 mounts");
}

} // namespace
} // namespace bulkhead::kernel
