#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace bulkhead::engines {

/// Whether a line of an engine's event stream says that a container began, ended or was changed, or that a
/// process was started in one. What else engines tell of (images, attaching, health), and what is no event,
/// is not.
[[nodiscard]] bool movesBoundary(std::string_view line);

/// Cuts what arrives into lines, in bounded memory: a line that is longer is dropped whole.
class LineCutter {
public:
    explicit LineCutter(std::size_t longest = 64UL * 1024) : m_longest(longest) {}

    void feed(std::string_view bytes, const std::function<void(std::string_view line)>& take);

private:
    std::size_t m_longest;
    std::string m_begun;
    bool m_dropping = false;
};

} // namespace bulkhead::engines
