#include "ui/models/inspector_probes.h"

#include "ui/models/inspector_html.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace bulkhead::models {

namespace {

using model::Probe;

/// The question that each test of the probe answers.
constexpr std::array kSlots{
    std::pair<std::string_view, std::string_view>{"look", "protectedPaths"},
    std::pair<std::string_view, std::string_view>{"read", "hostFiles"},
    std::pair<std::string_view, std::string_view>{"write", "hostFiles"},
    std::pair<std::string_view, std::string_view>{"open-knob", "kernelKnobs"},
    std::pair<std::string_view, std::string_view>{"open-device", "deviceNodes"},
    std::pair<std::string_view, std::string_view>{"connect", "runtimeSockets"},
    std::pair<std::string_view, std::string_view>{"ask-version", "runtimeSockets"},
    std::pair<std::string_view, std::string_view>{"see-processes", "hostProcesses"},
    std::pair<std::string_view, std::string_view>{"raw-socket", "capabilities"},
    std::pair<std::string_view, std::string_view>{"packet-socket", "capabilities"},
    std::pair<std::string_view, std::string_view>{"load-module", "capabilities"},
};

QString resultText(model::ProbeResult result, std::int64_t error) {
    const QString word = escaped(model::nameOf(result));
    const char* name = error > 0 && error < 4096 ? strerrorname_np(static_cast<int>(error)) : nullptr;
    return name == nullptr ? word : QStringLiteral("%1 (%2)").arg(word, QLatin1String(name));
}

int rankOf(const Probe& probe) {
    return !probe.agrees ? 1 : (*probe.agrees ? 2 : 0);
}

QString verdictHtml(const Probe& probe, const diagram::Palette& palette) {
    if (!probe.agrees) {
        return mutedHtml(inspectorTr("nothing was predicted"));
    }
    if (*probe.agrees) {
        return mutedHtml(inspectorTr("agrees with what is enforced"));
    }
    const QString predicted =
        probe.predicted ? escaped(model::nameOf(*probe.predicted)) : inspectorTr("nothing");
    const QString cause = probe.cause.empty() ? inspectorTr("no known cause explains it")
                                              : inspectorTr("cause: %1").arg(escaped(probe.cause));
    return QStringLiteral("<b style='color:%1'>%2</b><br>%3")
        .arg(hex(palette.weaker.text), inspectorTr("disagrees: predicted %1").arg(predicted), cause);
}

QString probeHtml(const Probe& probe, const diagram::Palette& palette) {
    return QStringLiteral("<b>%1</b> %2: %3<br>%4")
        .arg(
            escaped(probe.test), pathHtml(probe.target), resultText(probe.result, probe.errorNumber),
            verdictHtml(probe, palette));
}

} // namespace

std::string_view slotOfProbe(const Probe& probe) {
    if (probe.test == "write" && probe.target == "/") {
        return "rootFilesystem";
    }
    const auto found =
        std::ranges::find(kSlots, std::string_view(probe.test), [](const auto& row) { return row.first; });
    return found == kSlots.end() ? "systemCalls" : found->second;
}

QString
probesHtml(const diagram::SubjectView& subject, std::string_view slot, const diagram::Palette& palette) {
    if (!subject.experienced || !subject.experienced->probes.known()) {
        return {};
    }
    std::vector<Probe> probes;
    for (const Probe& probe : subject.experienced->probes.value()) {
        if (slot.empty() || slotOfProbe(probe) == slot) {
            probes.push_back(probe);
        }
    }
    if (probes.empty()) {
        return {};
    }
    std::ranges::stable_sort(probes, {}, rankOf);
    const auto against = std::ranges::count_if(probes, [](const Probe& probe) { return rankOf(probe) == 0; });
    const QString title =
        inspectorTr("Tried from inside (%1, %2 against the prediction)").arg(probes.size()).arg(against);
    return heading(title) + listHtml(probes, [&](const Probe& probe) { return probeHtml(probe, palette); });
}

} // namespace bulkhead::models
