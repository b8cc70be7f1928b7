#pragma once

#include "core/model/snapshot.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

using Edit = void (*)(model::Snapshot&);

/// One entry of the catalogue, tried: a subject in which it holds, made from the recorded default container,
/// and the same subject with one fact changed, in which it does not.
struct Tried {
    std::string_view id;
    Edit holds;
    Edit butNot;           ///< null: nothing decides the entry, it is always listed apart
    bool possible = false; ///< at best unknown, because something is never collected
};

[[nodiscard]] std::span<const Tried> triedOfImages();
[[nodiscard]] std::span<const Tried> triedOfConfigurations();
[[nodiscard]] std::span<const Tried> triedOfNamespaces();
[[nodiscard]] std::span<const Tried> triedOfKernels();
[[nodiscard]] std::span<const Tried> triedOfResources();

/// The first enforced snapshot of resources/recordings/NAME.json.
[[nodiscard]] model::Snapshot
recorded(const std::string& name, model::Vantage vantage = model::Vantage::enforced);

template <class T>
void set(model::Fact<T>& fact, T value) {
    fact = model::Fact<T>(std::move(value), {model::EvidenceKind::observed, "edited", "", 0});
}

using Texts = std::vector<std::string>;

void give(model::Snapshot& snapshot, const char* capability);
/// Takes it out of the set that counts over the host, and of no other.
void takeOverHost(model::Snapshot& snapshot, const char* capability);
void answer(model::Snapshot& snapshot, const char* call, model::SeccompAction action);
void allow(model::Snapshot& snapshot, const char* call);
void refuse(model::Snapshot& snapshot, const char* call);
void setKnob(model::Snapshot& snapshot, const char* name, const char* value);
model::Mount&
addMount(model::Snapshot& snapshot, const char* target, const char* hostPath, bool readOnly = false);
model::Mount& mountAt(model::Snapshot& snapshot, const char* target);
void addDevice(
    model::Snapshot& snapshot, const char* path, bool block, std::uint32_t major, std::uint32_t minor,
    model::DeviceClass deviceClass);
void addSocket(model::Snapshot& snapshot, const char* kind, std::uint32_t owner);
void setPolicy(model::Snapshot& snapshot, const std::vector<const char*>& rules);
void mapRoot(model::Snapshot& snapshot, std::uint32_t outside);
model::Namespace& space(model::Snapshot& snapshot, model::NamespaceType type);
void openPath(model::Snapshot& snapshot, const char* path, bool writable);

} // namespace bulkhead::threat
