#pragma once

#include "core/claims/kubernetes_objects.h"
#include "core/policy/decision.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::policy {

/// A field of a Pod: its value, or where it would stand. Null is absent, as Kubernetes decodes it.
struct Field {
    const claims::Node* value = nullptr; ///< nullptr: absent
    std::string path;
    int line = 1; ///< of its key; of the nearest field around it where it is absent

    [[nodiscard]] bool there() const { return value != nullptr; }
};

/// A container of any kind, and its security context.
struct PodContainer {
    std::string name;
    Field whole;
    Field context;
};

/// A Pod under judgement. What is read of it is remembered as the inputs of the decision, what `forbid` is
/// told as those that decided. A field of another type than Kubernetes takes is a problem of the reading.
class Pod {
public:
    Pod(const claims::PodPlace& place, claims::Reading& reading);

    [[nodiscard]] Field spec(std::initializer_list<std::string_view> keys);
    [[nodiscard]] Field below(const Field& field, std::initializer_list<std::string_view> keys);
    /// Init containers, containers, ephemeral containers: the order in which the standard visits them.
    [[nodiscard]] const std::vector<PodContainer>& containers() const { return m_containers; }
    /// Every annotation, by its key.
    [[nodiscard]] const std::vector<std::pair<std::string, Field>>& annotations() const {
        return m_annotations;
    }
    /// The maps of a list; none where it is absent.
    [[nodiscard]] std::vector<Field> itemsOf(const Field& list);

    [[nodiscard]] std::optional<bool> truth(const Field& field);
    [[nodiscard]] std::optional<std::string> text(const Field& field);
    [[nodiscard]] std::optional<std::int64_t> number(const Field& field);
    /// A list of texts; empty where it is absent.
    [[nodiscard]] std::vector<std::string> texts(const Field& field);

    [[nodiscard]] bool isWindows() const { return m_windows; }
    /// hostUsers is false: a user namespace of its own. Unset is not.
    [[nodiscard]] bool hasOwnUsers() const { return m_ownUsers; }

    void forbid(const Field& field);

    /// What was read since the last call; what was forbidden alone where something was.
    [[nodiscard]] std::vector<Input> takeInputs();

private:
    [[nodiscard]] Input inputOf(const Field& field) const;
    void refuse(const Field& field, std::string_view expected);
    void addContainers(std::string_view list);
    void readAnnotations(const Field& root);

    claims::Reading* m_reading;
    Field m_spec;
    std::vector<PodContainer> m_containers;
    std::vector<std::pair<std::string, Field>> m_annotations;
    bool m_windows = false;
    bool m_ownUsers = false;
    std::vector<Input> m_read;
    std::vector<Input> m_forbidden;
};

} // namespace bulkhead::policy
