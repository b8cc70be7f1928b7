#include "core/base/bytes.h"
#include "core/base/sha256.h"
#include "core/report/seccomp_text.h"
#include "core/seccomp/disassemble.h"

#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bulkhead::report {

namespace {

using Json = nlohmann::ordered_json;
using seccomp::Relation;

std::string hex(std::uint64_t value) {
    return fmt::format("{:#x}", value);
}

Json caseJson(const model::SeccompCase& each) {
    Json when = Json::array();
    for (const model::ArgumentCondition& condition : each.when) {
        when.push_back(
            {{"arg", condition.arg},
             {"op", model::nameOf(condition.op)},
             {"mask", hex(condition.mask.value)},
             {"value", hex(condition.value.value)}});
    }
    return {{"when", when}, {"action", model::nameOf(each.action)}, {"data", each.data}};
}

Json doubtJson(const model::SeccompDoubt& doubt) {
    Json witnesses = Json::array();
    for (const model::SeccompWitness& witness : doubt.witnesses) {
        Json args = Json::array();
        for (const model::Hex64& arg : witness.args) {
            args.push_back(hex(arg.value));
        }
        witnesses.push_back(
            {{"args", args},
             {"instructionPointer", hex(witness.instructionPointer.value)},
             {"action", model::nameOf(witness.action)},
             {"data", witness.data}});
    }
    return {{"expression", doubt.expression}, {"witnesses", witnesses}};
}

// As in the snapshot document.
Json verdictJson(const model::SeccompVerdict& verdict) {
    Json out = {{"action", model::nameOf(verdict.action)}, {"data", verdict.data}};
    if (verdict.kernelExempt) {
        out["kernelExempt"] = *verdict.kernelExempt;
    }
    Json cases = Json::array();
    for (const model::SeccompCase& each : verdict.cases) {
        cases.push_back(caseJson(each));
    }
    out["cases"] = cases;
    if (verdict.doubt) {
        out["doubt"] = doubtJson(*verdict.doubt);
    }
    return out;
}

std::string_view nameOf(Relation relation) {
    constexpr std::array<std::string_view, 7> kNames = {"same",     "otherDenial",  "visibility", "wider",
                                                        "narrower", "incomparable", "unknown"};
    return kNames[static_cast<std::size_t>(relation)];
}

std::string_view directionOf(Relation relation) {
    constexpr std::array<std::string_view, 7> kNames = {"neutral",  "neutral",      "neutral", "weaker",
                                                        "stronger", "incomparable", "unknown"};
    return kNames[static_cast<std::size_t>(relation)];
}

Json filtersJson(const seccomp::Stack& stack) {
    Json filters = Json::array();
    for (const seccomp::Program& program : stack) {
        filters.push_back(
            {{"instructions", program.size()}, {"sha256", base::sha256(seccomp::bytesOf(program))}});
    }
    return filters;
}

} // namespace

std::string
writeVerdictsJson(const std::string& name, const seccomp::Stack& stack, const seccomp::Verdicts& verdicts) {
    Json arches = Json::object();
    for (const auto& [arch, each] : verdicts) {
        Json calls = Json::object();
        for (const auto& [call, verdict] : each.calls) {
            calls[base::textFromBytes(call)] = verdictJson(verdict);
        }
        arches[arch] = {
            {"reachable", each.reachable}, {"others", verdictJson(each.others)}, {"calls", calls}};
    }
    const Json all = {
        {"subject", base::textFromBytes(name)}, {"filters", filtersJson(stack)}, {"verdicts", arches}};
    return all.dump(2) + "\n";
}

std::string writeVerdictChangesJson(
    const std::string& baseline, const std::string& candidate, const VerdictChanges& changes) {
    Json list = Json::array();
    for (const auto& [arch, each] : changes) {
        for (const seccomp::VerdictChange& change : each.calls) {
            list.push_back(
                {{"path", "seccomp." + arch + "." + base::textFromBytes(change.call)},
                 {"before", verdictJson(change.before)},
                 {"after", verdictJson(change.after)},
                 {"relation", nameOf(change.relation)},
                 {"direction", directionOf(change.relation)}});
        }
    }
    const Json all = {
        {"baseline", base::textFromBytes(baseline)},
        {"candidate", base::textFromBytes(candidate)},
        {"changes", list}};
    return all.dump(2) + "\n";
}

std::string writeListingJson(const std::string& name, const seccomp::Stack& stack, std::string_view arch) {
    Json filters = Json::array();
    for (const seccomp::Program& program : stack) {
        const auto lines = seccomp::disassemble(program, arch);
        Json listing = Json::array();
        for (std::size_t i = 0; i < program.size(); ++i) {
            listing.push_back(
                {{"line", i},
                 {"code", program[i].code},
                 {"jt", program[i].jt},
                 {"jf", program[i].jf},
                 {"k", program[i].k},
                 {"mnemonic", lines[i].mnemonic},
                 {"comment", lines[i].comment}});
        }
        filters.push_back(
            {{"instructions", program.size()},
             {"sha256", base::sha256(seccomp::bytesOf(program))},
             {"listing", listing}});
    }
    const Json all = {{"subject", base::textFromBytes(name)}, {"filters", filters}};
    return all.dump(2) + "\n";
}

} // namespace bulkhead::report
