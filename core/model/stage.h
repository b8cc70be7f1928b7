#pragma once

#include "core/model/named_enum.h"

#include <array>
#include <string_view>

namespace bulkhead::model {

/// The path on which every diagram hangs, in order, with its evidence row.
enum class Stage { image, runtimeConfig, checkpoint, hostKernel, hostResource, evidence };

template <>
struct Names<Stage> {
    static constexpr std::array names{
        std::pair{Stage::image, std::string_view("Image")},
        std::pair{Stage::runtimeConfig, std::string_view("Runtime config")},
        std::pair{Stage::checkpoint, std::string_view("Namespaces / caps")},
        std::pair{Stage::hostKernel, std::string_view("Host kernel")},
        std::pair{Stage::hostResource, std::string_view("Host resource")},
        std::pair{Stage::evidence, std::string_view("Evidence")},
    };
};

/// Who describes the container: its configuration, the kernel, or a process inside.
enum class Vantage { declared, enforced, experienced };

template <>
struct Names<Vantage> {
    static constexpr std::array names{
        std::pair{Vantage::declared, std::string_view("declared")},
        std::pair{Vantage::enforced, std::string_view("enforced")},
        std::pair{Vantage::experienced, std::string_view("experienced")},
    };
};

} // namespace bulkhead::model
