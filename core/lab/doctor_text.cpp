#include "core/base/escaped.h"
#include "core/lab/doctor.h"
#include "core/report/line_wrap.h"

#include <array>
#include <nlohmann/json.hpp>

namespace bulkhead::lab {

namespace {

constexpr std::array<std::string_view, 3> kAbilities = {"full", "partial", "none"};
constexpr std::array<std::string_view, 3> kWords = {"yes", "partly", "no"};

std::string indented(const std::string& text, std::size_t indent, std::size_t columns) {
    std::string out;
    for (const std::string& line : report::wrapText(text, report::fitsCells(columns - indent))) {
        out += std::string(indent, ' ') + base::terminalText(line).str() + "\n";
    }
    return out;
}

} // namespace

std::string writeFindings(const std::vector<Finding>& findings, std::size_t columns) {
    constexpr std::size_t kIndent = 8;
    std::string out;
    for (const Finding& finding : findings) {
        const std::string word(kWords[static_cast<std::size_t>(finding.ability)]);
        out += word + std::string(kIndent - word.size(), ' ') + finding.subject + "\n";
        out += indented(finding.why, kIndent, columns);
        out += finding.remedy.empty() ? "" : indented("To change it: " + finding.remedy, kIndent, columns);
    }
    return out;
}

std::string writeFindingsJson(const std::vector<Finding>& findings) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Finding& finding : findings) {
        list.push_back(
            {{"id", finding.id},
             {"subject", finding.subject},
             {"ability", kAbilities[static_cast<std::size_t>(finding.ability)]},
             {"why", finding.why},
             {"remedy", finding.remedy}});
    }
    using Json = nlohmann::ordered_json;
    return Json{{"findings", list}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace bulkhead::lab
