#include "core/kernel/device_program_read.h"

#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::kernel {

namespace {

/// At most 64 programs a group may be attached, and groups we look at are at most 64 deep.
constexpr std::size_t kMaxPrograms = 4096;
constexpr std::string_view kNeedsQuery = "CAP_SYS_ADMIN or CAP_NET_ADMIN in the host's user namespace";
constexpr std::string_view kNeedsAdmin = "CAP_SYS_ADMIN in the host's user namespace";

long bpf(int command, bpf_attr& attributes) {
    return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

__u64 addressOf(void* memory) {
    return reinterpret_cast<__u64>(memory);
}

Reading<std::vector<__u32>> queryPrograms(const os::Fd& group, const std::string& name) {
    std::vector<__u32> ids(kMaxPrograms);
    bpf_attr query{};
    query.query.target_fd = static_cast<__u32>(group.get());
    query.query.attach_type = BPF_CGROUP_DEVICE;
    query.query.query_flags = BPF_F_QUERY_EFFECTIVE;
    query.query.prog_ids = addressOf(ids.data());
    query.query.prog_cnt = static_cast<__u32>(ids.size());
    if (bpf(BPF_PROG_QUERY, query) != 0) {
        return std::unexpected(failureOf(errno, name + " BPF_PROG_QUERY", kNeedsQuery));
    }
    ids.resize(std::min<std::size_t>(query.query.prog_cnt, ids.size()));
    return ids;
}

Reading<bpf_prog_info> infoOf(const os::Fd& program, const std::string& name, std::string* instructions) {
    bpf_prog_info info{};
    if (instructions != nullptr) {
        info.xlated_prog_len = static_cast<__u32>(instructions->size());
        info.xlated_prog_insns = addressOf(instructions->data());
    }
    bpf_attr attributes{};
    attributes.info.bpf_fd = static_cast<__u32>(program.get());
    attributes.info.info_len = sizeof info;
    attributes.info.info = addressOf(&info);
    if (bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) != 0) {
        return std::unexpected(failureOf(errno, name + " BPF_OBJ_GET_INFO_BY_FD", kNeedsAdmin));
    }
    return info;
}

Reading<std::vector<BpfInstruction>> readProgram(__u32 id) {
    const std::string name = "device program " + std::to_string(id);
    bpf_attr attributes{};
    attributes.prog_id = id;
    const long number = bpf(BPF_PROG_GET_FD_BY_ID, attributes);
    if (number < 0) {
        return std::unexpected(failureOf(errno, name + " BPF_PROG_GET_FD_BY_ID", kNeedsAdmin));
    }
    const os::Fd program(static_cast<int>(number));
    const auto size = infoOf(program, name, nullptr);
    if (!size) {
        return std::unexpected(size.error());
    }
    std::string bytes(size->xlated_prog_len, '\0');
    const auto info = infoOf(program, name, &bytes);
    if (!info) {
        return std::unexpected(info.error());
    }
    if (info->xlated_prog_len == 0 || info->xlated_prog_insns == 0 || info->xlated_prog_len > bytes.size()) {
        return std::unexpected(Failure{
            0,
            {name + ": the kernel keeps its instructions back",
             "CAP_BPF and CAP_PERFMON, with net.core.bpf_jit_harden below 2"}});
    }
    bytes.resize(info->xlated_prog_len);
    const auto instructions = parseBpfInstructions(bytes);
    return instructions ? Reading<std::vector<BpfInstruction>>(*instructions)
                        : std::unexpected(failureOf(instructions.error()));
}

/// Bytes of a line of hexadecimal digits; empty where it is none.
std::string bytesOf(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        const auto byte = numberOf<unsigned char>(digits.substr(i, 2), 16);
        if (!byte) {
            return {};
        }
        bytes += static_cast<char>(*byte);
    }
    return digits.size() % 2 == 0 ? bytes : std::string();
}

} // namespace

Reading<DevicePrograms> readDevicePrograms(const std::filesystem::path& directory, const std::string& name) {
    const auto group = os::tryOpenAt(AT_FDCWD, directory.string(), O_RDONLY | O_DIRECTORY);
    if (!group) {
        return std::unexpected(failureOf(group.error(), name));
    }
    const auto ids = queryPrograms(*group, name);
    if (!ids) {
        return std::unexpected(ids.error());
    }
    DevicePrograms programs;
    for (const __u32 id : *ids) {
        programs.push_back(readProgram(id));
    }
    const auto after = queryPrograms(*group, name);
    if (!after || *after != *ids) {
        return std::unexpected(
            after ? Failure{0, {name + ": its device programs changed while they were read", ""}}
                  : after.error());
    }
    return programs;
}

base::Result<DevicePrograms> parseCapturedPrograms(std::string_view text) {
    const auto lines = linesOf(text);
    const auto count = lines.empty() ? std::nullopt : numberOf<std::size_t>(lines.front());
    if (!count || *count > kMaxPrograms || lines.size() - 1 > *count) {
        return base::fail(
            base::ErrorKind::malformed,
            "bulkhead.device_programs line 1: expected how many programs there are");
    }
    DevicePrograms programs;
    for (std::size_t i = 1; i <= *count; ++i) {
        if (i >= lines.size()) {
            programs.push_back(std::unexpected(Failure{0, {"the capture kept no instructions of it", ""}}));
            continue;
        }
        const auto program = parseBpfInstructions(bytesOf(lines[i]));
        if (!program) {
            return base::fail(
                base::ErrorKind::malformed, "bulkhead.device_programs line " + std::to_string(i + 1) +
                                                ": expected instructions as hexadecimal digits");
        }
        programs.push_back(*program);
    }
    return programs;
}

} // namespace bulkhead::kernel
