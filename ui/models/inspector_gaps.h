#pragma once

#include "core/model/gaps.h"

#include <QString>
#include <string>
#include <vector>

namespace bulkhead::models {

/// Facts that are hidden for one reason, and that one thing would show.
struct GapGroup {
    model::Unreadable why;
    std::vector<std::string> paths;
};

/// Equal gaps together, the reason that hides most first: a page of equal gaps hides the one that differs.
[[nodiscard]] std::vector<GapGroup> groupGaps(const std::vector<model::Gap>& gaps);

/// The gaps with what would close them; empty without any.
[[nodiscard]] QString gapsHtml(const std::vector<model::Gap>& gaps);

} // namespace bulkhead::models
