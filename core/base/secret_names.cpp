#include "core/base/secret_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace bulkhead::base {

std::vector<std::string> secretNames(const std::vector<std::string>& names) {
    constexpr std::array<std::string_view, 12> kSigns = {
        "PASSWORD", "PASSWD",     "PASSPHRASE",  "SECRET",     "TOKEN", "APIKEY",
        "API_KEY",  "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL", "_PWD",  "_PASS"};
    std::vector<std::string> out;
    for (const std::string& name : names) {
        std::string upper = name;
        std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
        const bool ofFile = upper.ends_with("_FILE") || upper.ends_with("_PATH") || upper.ends_with("_DIR");
        if (!ofFile &&
            std::ranges::any_of(kSigns, [&](std::string_view sign) { return upper.contains(sign); })) {
            out.push_back(name);
        }
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

} // namespace bulkhead::base
