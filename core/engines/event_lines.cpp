#include "core/engines/event_lines.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace bulkhead::engines {

namespace {

/// Docker's and Podman's words; both write "exec_start: COMMAND".
constexpr std::array<std::string_view, 14> kActions = {
    "start", "restart",  "unpause", "die",    "died",   "stop",       "exec_start",
    "exec",  "exec_die", "init",    "update", "rename", "checkpoint", "restore"};

} // namespace

bool movesBoundary(std::string_view line) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    const auto textAt = [&](const char* key) -> std::string {
        const auto found = event.is_object() ? event.find(key) : event.end();
        return event.is_object() && found != event.end() && found->is_string() ? found->get<std::string>()
                                                                               : "";
    };
    std::string action = textAt("Action");
    action = action.empty() ? textAt("status") : action;
    action.resize(std::min(action.find(':'), action.size()));
    const std::string type = textAt("Type");
    return (type.empty() || type == "container") && std::ranges::find(kActions, action) != kActions.end();
}

void LineCutter::feed(std::string_view bytes, const std::function<void(std::string_view line)>& take) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        m_dropping = m_dropping || m_begun.size() + part.size() > m_longest;
        if (m_dropping) {
            m_begun.clear();
        } else {
            m_begun += part;
        }
        if (end == std::string_view::npos) {
            return;
        }
        if (!m_dropping && !m_begun.empty()) {
            take(m_begun);
        }
        m_begun.clear();
        m_dropping = false;
        bytes.remove_prefix(end + 1);
    }
}

} // namespace bulkhead::engines
