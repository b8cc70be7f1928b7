#pragma once

#include "app/cli/verb.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::cli {

/// What `--as` is for, wherever it stands.
inline constexpr const char* kAsHelp =
    "resolve configurations for this engine: docker, podman, containerd, crio, runc or crun, with a version "
    "as in docker@20.10.24 (docker@20.10: the newest of it); what its containers' users are as in "
    "docker,userns-remap (rootful, rootless)";

/// The same for `--image`.
inline constexpr const char* kImageHelp =
    "NAME=PATH: the image that documents call NAME, an OCI layout, its archive or what docker save writes: "
    "its user, variables, volumes and files count; as in --image nginx=nginx.tar. May be given several times";

/// The options of one verb, declared and then parsed. Wraps the option parser, so that its header stays in
/// one place; values are bound by reference and must outlive parse().
class Arguments {
public:
    explicit Arguments(const Verb& verb, std::string_view subcommand = "", std::string_view title = "");
    ~Arguments();
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;

    void positional(std::string name, std::vector<std::string>& values, std::string help, int least = 0);
    void
    option(std::string name, std::string& value, std::string help, std::vector<std::string> allowed = {});
    /// An option that may be given several times.
    void list(std::string name, std::vector<std::string>& values, std::string help);
    void flag(std::string name, bool& value, std::string help);

    /// Nothing where the verb goes on; else what to exit with: help was printed, or the usage is wrong.
    [[nodiscard]] std::optional<Exit> parse(std::span<const std::string> arguments);

private:
    struct Parser;
    std::unique_ptr<Parser> m_parser;
};

} // namespace bulkhead::cli
