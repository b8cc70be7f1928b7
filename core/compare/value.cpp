#include "core/compare/value.h"

namespace bulkhead::compare {

namespace {

struct ValueText {
    std::string operator()(const Absent&) const { return "absent"; }
    std::string operator()(const model::Unreadable& why) const { return "not readable: " + why.reason; }
    std::string operator()(bool yes) const { return yes ? "yes" : "no"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::vector<std::string>& items) const {
        std::string out;
        for (const std::string& item : items) {
            out += out.empty() ? "" : ", ";
            out += item;
        }
        return out.empty() ? "none" : out;
    }
};

} // namespace

std::string toText(const Value& value) {
    return std::visit(ValueText{}, value);
}

} // namespace bulkhead::compare
