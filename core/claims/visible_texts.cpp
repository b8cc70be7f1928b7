#include "core/claims/visible_texts.h"

#include "core/base/bytes.h"
#include "core/model/snapshot.h"

#include <algorithm>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bulkhead::claims {

namespace {

/// Letters that stay as they are; whatever else there is, escaping decides.
bool isShown(const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
}

template <class T>
bool isShown(const T& /*leaf*/) {
    return true;
}
template <model::Tabled T>
bool isShown(const T& value);
template <class T>
bool isShown(const std::optional<T>& value);
template <class T>
bool isShown(const std::vector<T>& values);
template <class Key, class T>
bool isShown(const std::map<Key, T>& values);

/// A fact gives nothing away to be written into: it is made anew, and only where it has to be.
template <class T>
bool isShown(const model::Fact<T>& fact) {
    if (fact.unreadable()) {
        return isShown(fact.gap().reason) && isShown(fact.gap().needs);
    }
    return fact.unstated() ||
           (isShown(fact.evidence().source) && isShown(fact.evidence().file) && isShown(fact.value()));
}

template <model::Tabled T>
bool isShown(const T& value) {
    bool all = true;
    model::forEachRow<T>([&](const auto& row) { all = all && isShown(value.*(row.member)); });
    return all;
}

template <class T>
bool isShown(const std::optional<T>& value) {
    return !value || isShown(*value);
}

template <class T>
bool isShown(const std::vector<T>& values) {
    if constexpr (std::same_as<T, bool>) {
        return true;
    } else {
        return std::ranges::all_of(values, [](const T& value) { return isShown(value); });
    }
}

template <class Key, class T>
bool isShown(const std::map<Key, T>& values) {
    return std::ranges::all_of(
        values, [](const auto& entry) { return isShown(entry.first) && isShown(entry.second); });
}

/// What is escaped already stays as it is.
void show(std::string& text) {
    text = base::textFromBytes(base::bytesFromText(text));
}

/// Numbers, truths and closed lists of names hold no text of a file's.
template <class T>
void show(T& /*leaf*/) {}
template <model::Tabled T>
void show(T& value);
template <class T>
void show(std::optional<T>& value);
template <class T>
void show(std::vector<T>& values);
template <class Key, class T>
void show(std::map<Key, T>& values);

template <class T>
void show(model::Fact<T>& fact) {
    if (isShown(fact)) {
        return;
    }
    if (fact.unreadable()) {
        model::Unreadable why = fact.gap();
        show(why.reason);
        show(why.needs);
        fact = std::move(why);
    } else if (fact.known()) {
        T value = fact.value();
        model::Evidence evidence = fact.evidence();
        show(value);
        show(evidence.source);
        show(evidence.file);
        fact = {std::move(value), std::move(evidence)};
    }
}

template <model::Tabled T>
void show(T& value) {
    model::forEachRow<T>([&](const auto& row) { show(value.*(row.member)); });
}

template <class T>
void show(std::optional<T>& value) {
    if (value) {
        show(*value);
    }
}

template <class T>
void show(std::vector<T>& values) {
    if constexpr (!std::same_as<T, bool>) {
        for (T& value : values) {
            show(value);
        }
    }
}

template <class Key, class T>
void show(std::map<Key, T>& values) {
    if (isShown(values)) {
        return;
    }
    std::map<Key, T> shown;
    for (auto& [key, value] : values) {
        Key name = key;
        show(name);
        show(value);
        shown.insert_or_assign(std::move(name), std::move(value));
    }
    values = std::move(shown);
}

} // namespace

void makeTextsVisible(model::Snapshot& snapshot) {
    show(snapshot);
}

} // namespace bulkhead::claims
