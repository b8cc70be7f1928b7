#pragma once

#include "core/base/error.h"
#include "core/catalog/advisory.h"
#include "core/catalog/condition.h"
#include "core/model/attack_authority.h"
#include "core/model/stage.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// What an entry is good for. Only `path` turns authorities into a further one; `hygiene` is worth fixing and
/// gives nothing by itself; `blindness` takes evidence away, and may give
/// `no-trace`.
enum class WeaknessKind { path, hygiene, blindness };

/// How bad it is where it holds.
enum class Severity { low, medium, high, critical };

/// Which part of the machinery a control acts through.
enum class Enforcer {
    runtime,
    kernelNamespaces,
    capabilities,
    seccomp,
    lsm,
    cgroup,
    filesystem,
    admission,
    imagePipeline,
    networkPolicy,
    kernelConfig,
};

/// One measure that stops a weakness, and who enforces it.
struct Control {
    Enforcer enforcer = Enforcer::runtime;
    std::string measure;
};

/// An entry of a public catalogue that treats the same weakness. Only references whose source was read.
struct Reference {
    std::string catalogue; ///< mitre-attack, cis-docker, pss, nist-800-190, cve
    std::string id;
    std::string title;
};

/// A condition over facts that turns the authorities it needs into those it gives.
struct Weakness {
    std::string id;
    std::string title;
    WeaknessKind kind = WeaknessKind::hygiene;
    model::Stage stage = model::Stage::runtimeConfig;
    Condition when;
    model::AttackAuthorities needs;
    model::AttackAuthorities gives;
    std::string authority; ///< in words: what crosses the boundary
    Severity severity = Severity::low;
    std::string severityReason;
    std::string staleAssumption; ///< the sentence that stopped being true
    std::string onCallSignal;    ///< what somebody on duty would see
    std::string note;
    std::vector<Control> controls;
    std::vector<Reference> references;
    std::string file;
    int line = 0;

    [[nodiscard]] const std::string& key() const { return id; }
};

/// Every weakness and every advisory that conditions may rest on.
struct Catalogue {
    std::vector<Weakness> weaknesses;
    std::vector<Advisory> advisories;
};

inline constexpr std::size_t kMaxWeaknesses = 1000;

/// One file of entries. Malformed: "FILE:LINE: FIELD: PROBLEM".
[[nodiscard]] base::Result<std::vector<Weakness>>
parseWeaknesses(std::string_view yaml, std::string_view fileName);

/// Every weaknesses/*.yaml and advisories/*.yaml of the folder of resources, by file name. An id that occurs
/// twice is refused.
[[nodiscard]] base::Result<Catalogue> readCatalogue(const std::filesystem::path& resources);

} // namespace bulkhead::catalog

namespace bulkhead::model {

template <>
struct Names<catalog::WeaknessKind> {
    using enum catalog::WeaknessKind;
    static constexpr std::array names{
        std::pair{path, std::string_view("path")},
        std::pair{hygiene, std::string_view("hygiene")},
        std::pair{blindness, std::string_view("blindness")},
    };
};

template <>
struct Names<catalog::Severity> {
    using enum catalog::Severity;
    static constexpr std::array names{
        std::pair{low, std::string_view("low")},
        std::pair{medium, std::string_view("medium")},
        std::pair{high, std::string_view("high")},
        std::pair{critical, std::string_view("critical")},
    };
};

template <>
struct Names<catalog::Enforcer> {
    using enum catalog::Enforcer;
    static constexpr std::array names{
        std::pair{runtime, std::string_view("runtime")},
        std::pair{kernelNamespaces, std::string_view("kernel-namespaces")},
        std::pair{capabilities, std::string_view("capabilities")},
        std::pair{seccomp, std::string_view("seccomp")},
        std::pair{lsm, std::string_view("lsm")},
        std::pair{cgroup, std::string_view("cgroup")},
        std::pair{filesystem, std::string_view("filesystem")},
        std::pair{admission, std::string_view("admission")},
        std::pair{imagePipeline, std::string_view("image-pipeline")},
        std::pair{networkPolicy, std::string_view("network-policy")},
        std::pair{kernelConfig, std::string_view("kernel-config")},
    };
};

} // namespace bulkhead::model
