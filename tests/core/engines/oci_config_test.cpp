#include "core/engines/docker_defaults.h"
#include "core/engines/oci_config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace bulkhead::engines {

using Json = nlohmann::json;

TEST(WriteConfig, NothingAskedIsTheLeastConfiguration) {
    OciConfig config;
    config.hostname = "h";
    config.arguments = {"/p", "a b"};
    config.namespaces = {"pid", "mount"};
    // the fields of the OCI runtime specification 1.0.2, config.md and config-linux.md
    EXPECT_EQ(Json::parse(writeConfig(config)), Json::parse(R"({
        "ociVersion": "1.0.2",
        "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "args": ["/p", "a b"], "env": [], "cwd": "/",
            "capabilities": {"bounding": [], "effective": [], "permitted": [], "inheritable": [], "ambient": []},
            "noNewPrivileges": false},
        "root": {"path": "rootfs", "readonly": false},
        "hostname": "h",
        "mounts": [],
        "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}], "sysctl": {}, "maskedPaths": [],
            "readonlyPaths": []}})"));
}

TEST(WriteConfig, ReplacesWhatIsNotUtf8) {
    OciConfig config;
    config.mounts = {{"/b", "bind", "/a\xff", {}}};
    const Json read = Json::parse(writeConfig(config));
    EXPECT_EQ(read["mounts"][0]["source"], "/a\xef\xbf\xbd"); // U+FFFD
}

TEST(WriteConfig, WritesEveryPart) {
    OciConfig config;
    config.uid = 1000;
    config.bounding.add(*model::capabilityNamed("CAP_KILL"));
    config.rlimits["RLIMIT_NOFILE"] = {64, std::nullopt};
    config.mounts = {{"/host", "bind", "/a b", {"rbind", "ro"}}};
    config.uidMap.ranges = {{0, 200000, 65536}};
    config.gidMap.ranges = {{0, 300000, 1}};
    config.devices = {{"/dev/vda", 'b', 254, 0, 0660, 0, 6}};
    config.deviceRules = {
        {false, *model::parseDeviceRule("a *:* rwm")}, {true, *model::parseDeviceRule("c 136:* rw")}};
    config.limits = {64, 67108864, 500};
    config.cgroupsPath = "/x";
    config.seccomp = OciSeccomp{
        1,
        {"SCMP_ARCH_X86_64"},
        {{{"clone"}, true, 0, OciSeccompRule::Argument{0, "SCMP_CMP_MASKED_EQ", 2114060288, 0}},
         {{"clone3"}, false, 38, std::nullopt}}};
    const Json out = Json::parse(writeConfig(config));
    EXPECT_EQ(out["process"]["user"]["uid"], 1000);
    EXPECT_EQ(out["process"]["capabilities"]["bounding"], Json::array({"CAP_KILL"}));
    EXPECT_EQ(
        out["process"]["rlimits"],
        Json::parse(R"([{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 18446744073709551615}])"));
    EXPECT_EQ(
        out["mounts"],
        Json::parse(
            R"([{"destination": "/host", "type": "bind", "source": "/a b", "options": ["rbind", "ro"]}])"));
    const Json linux_ = out["linux"];
    EXPECT_EQ(linux_["uidMappings"], Json::parse(R"([{"containerID": 0, "hostID": 200000, "size": 65536}])"));
    EXPECT_EQ(linux_["gidMappings"], Json::parse(R"([{"containerID": 0, "hostID": 300000, "size": 1}])"));
    EXPECT_EQ(linux_["devices"], Json::parse(R"([{"path": "/dev/vda", "type": "b", "major": 254, "minor": 0,
        "fileMode": 432, "uid": 0, "gid": 6}])"));
    EXPECT_EQ(linux_["resources"], Json::parse(R"({"devices": [{"allow": false, "access": "rwm"},
        {"allow": true, "type": "c", "major": 136, "access": "rw"}], "pids": {"limit": 64},
        "memory": {"limit": 67108864}, "cpu": {"quota": 50000, "period": 100000}})"));
    EXPECT_EQ(linux_["cgroupsPath"], "/x");
    EXPECT_EQ(linux_["seccomp"], Json::parse(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
        "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
        {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2114060288, "valueTwo": 0,
            "op": "SCMP_CMP_MASKED_EQ"}]},
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]})"));
}

TEST(DockerDefaults, KernelFilesAreReadOnlyUnlessPrivileged) {
    for (const bool readOnly : {true, false}) {
        int marked = 0;
        for (const OciMount& mount : dockerMounts(readOnly)) {
            const bool kernel = mount.target == "/sys" || mount.target == "/sys/fs/cgroup";
            const bool ro = std::ranges::find(mount.options, "ro") != mount.options.end();
            EXPECT_EQ(ro, kernel && readOnly) << mount.target;
            marked += kernel ? 1 : 0;
        }
        EXPECT_EQ(marked, 2);
    }
}

} // namespace bulkhead::engines
