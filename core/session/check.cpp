#include "core/session/check.h"

#include "core/claims/import.h"
#include "core/os/append.h"
#include "core/os/clock.h"
#include "core/os/file.h"
#include "core/policy/pss.h"
#include "core/report/decisions.h"
#include "core/session/capture.h"
#include "core/session/policies.h"
#include "core/session/resolve.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unistd.h>

namespace bulkhead::session {

namespace fs = std::filesystem;
using diagram::SubjectView;
using policy::Decision;

namespace {

/// A reference with what it named: the text of a file and of standard input is read once.
struct Named {
    std::string reference;
    std::vector<SubjectView> subjects;
    std::string file;
    std::string container;               ///< behind the # of the reference
    std::vector<claims::Node> documents; ///< of Kubernetes; empty where it is anything else
    /// Why the file of a subject at hand cannot be read again.
    std::string lost = {}; // NOLINT(readability-redundant-member-init): may be left out
};

base::Result<std::string> readStandardInput() {
    const os::Fd input(::dup(STDIN_FILENO));
    return os::readAll(input, "standard input");
}

/// The Kubernetes documents of a text, where it is such.
std::vector<claims::Node> kubernetesIn(const std::string& text, const std::string& name) {
    if (claims::looksLikeRunLine(text)) {
        return {};
    }
    auto nodes = claims::parseNodes(text, name);
    return nodes && claims::looksLikeKubernetes(*nodes) ? std::move(*nodes) : std::vector<claims::Node>();
}

base::Result<Named> readStandardInputAs(const CheckRequest& request) {
    Named named{"-", {}, "standard input", "", {}};
    const auto text = readStandardInput();
    if (!text) {
        return std::unexpected(text.error());
    }
    auto snapshots = readSnapshots(*text, named.file, request.engine, request.images);
    if (!snapshots) {
        return std::unexpected(snapshots.error());
    }
    named.subjects = joinVantages(std::move(*snapshots));
    named.documents = kubernetesIn(*text, named.file);
    return named;
}

base::Result<Named> readNamed(const std::string& reference, const CheckRequest& request) {
    if (reference == "-") {
        return readStandardInputAs(request);
    }
    Named named{reference, {}, reference, "", {}};
    auto subjects = resolveReference(reference, {request.engine, request.images});
    if (!subjects) {
        return std::unexpected(subjects.error());
    }
    named.subjects = std::move(*subjects);
    std::error_code error;
    const auto hash = reference.rfind('#');
    if (hash != std::string::npos && !fs::exists(reference, error)) {
        named.file = reference.substr(0, hash);
        named.container = reference.substr(hash + 1);
    }
    if (fs::is_regular_file(named.file, error)) {
        const auto text = os::readFile(named.file);
        named.documents = text ? kubernetesIn(*text, named.file) : std::vector<claims::Node>();
    }
    return named;
}

/// The standard does not speak of anything but Kubernetes documents, and of those as they stand.
Decision withoutDocument(const SubjectView& subject, const Named& named, const policy::PssPolicy& pss) {
    Decision decision;
    decision.subject = subject.name;
    decision.policy = pss.name;
    decision.boundary = "document";
    decision.verdict = policy::Verdict::unknown;
    decision.rule.id = "document";
    decision.rule.stage = model::Stage::runtimeConfig;
    if (named.lost.empty()) {
        decision.rule.title = "The subject is a Kubernetes document";
        decision.rule.help = "Check the manifest that the container was made of.";
        decision.reason = "the Pod Security Standards are decided on Kubernetes documents, and this is none";
    } else {
        decision.rule.title = "The subject's document can be read";
        decision.rule.help = "Put the file back, or open the document where it is now.";
        decision.reason = "the file can no longer be read: " + named.lost +
                          "; put it back, or open the document where it is now";
    }
    return decision;
}

base::Status checkPss(const Named& named, const policy::PssPolicy& pss, std::vector<Decision>& out) {
    if (named.documents.empty()) {
        for (const SubjectView& subject : named.subjects) {
            out.push_back(withoutDocument(subject, named, pss));
        }
        return {};
    }
    // a container's name has that of its object in front
    const std::string only = named.container.substr(0, named.container.rfind('/'));
    auto decisions = policy::checkPods(named.documents, named.file, pss, only);
    if (!decisions) {
        return std::unexpected(decisions.error());
    }
    std::ranges::move(*decisions, std::back_inserter(out));
    return {};
}

/// The policies of a request: levels of the standard, and rules over facts.
struct Policies {
    std::vector<policy::PssPolicy> pss;
    std::vector<policy::PolicyJudge> facts;
};

base::Result<Policies> readPolicies(const CheckRequest& request) {
    Policies out;
    std::shared_ptr<const threat::Judge> catalogue;
    for (const std::string& name : request.policies) {
        if (policy::isPssName(name)) {
            auto pss = policy::parsePssPolicy(name);
            if (!pss) {
                return std::unexpected(pss.error());
            }
            out.pss.push_back(std::move(*pss));
            continue;
        }
        auto found = findPolicy(name);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (catalogue == nullptr) {
            auto judge = sharedJudge();
            if (!judge) {
                return std::unexpected(judge.error());
            }
            catalogue = std::move(*judge);
        }
        auto judge = policy::PolicyJudge::of(std::move(*found), catalogue);
        if (!judge) {
            return std::unexpected(judge.error());
        }
        out.facts.push_back(std::move(*judge));
    }
    return out;
}

/// The container that a subject is in its document: the name that the importer gave it.
std::string nameInDocument(const SubjectView& subject) {
    const model::Snapshot* declared = subject.at(model::Vantage::declared);
    return declared == nullptr ? subject.name : declared->subject.name;
}

/// A file that is gone is said of its own subject alone: the others are decided all the same.
Named namedOf(const CheckedSubject& subject) {
    Named named{subject.reference, {subject.view}, subject.reference, nameInDocument(subject.view), {}};
    if (subject.text) {
        named.documents = kubernetesIn(*subject.text, subject.reference);
        return named;
    }
    std::error_code error;
    const auto hash = named.file.rfind('#');
    if (hash != std::string::npos && !fs::exists(named.file, error)) {
        named.file.resize(hash);
    }
    if (namesFile(named.file) && !fs::is_directory(named.file, error)) {
        const auto text = os::readFile(named.file);
        named.documents = text ? kubernetesIn(*text, named.file) : std::vector<claims::Node>();
        named.lost = text ? std::string() : text.error().message;
    }
    return named;
}

} // namespace

base::Result<std::vector<Decision>>
checkSubjects(const std::vector<CheckedSubject>& subjects, const std::string& policy) {
    const auto policies = readPolicies({{}, {policy}, ""});
    if (!policies) {
        return std::unexpected(policies.error());
    }
    std::vector<Decision> out;
    std::set<std::pair<std::string, std::string>> pods; // several columns may be containers of one
    for (const CheckedSubject& subject : subjects) {
        for (const policy::PssPolicy& pss : policies->pss) {
            const Named named = namedOf(subject);
            const std::string pod = named.container.substr(0, named.container.rfind('/'));
            if (!named.documents.empty() && !pods.emplace(named.file, pod).second) {
                continue;
            }
            if (auto done = checkPss(named, pss, out); !done) {
                return std::unexpected(done.error());
            }
        }
        for (const policy::PolicyJudge& judge : policies->facts) {
            std::ranges::move(judge.decide(accountsOf(subject.view)), std::back_inserter(out));
        }
    }
    return out;
}

base::Result<std::vector<PolicyName>> policyNames() {
    const auto shipped = shippedPolicies();
    if (!shipped) {
        return std::unexpected(shipped.error());
    }
    std::vector<PolicyName> out{
        {"pss:privileged", "Pod Security Standards: anything is allowed"},
        {"pss:baseline", "Pod Security Standards: no known escalation"},
        {"pss:restricted", "Pod Security Standards: hardened Pods"}};
    for (const catalog::Policy& policy : *shipped) {
        out.push_back({policy.name, policy.title});
    }
    return out;
}

base::Result<std::vector<Decision>> check(const CheckRequest& request) {
    const auto policies = readPolicies(request);
    if (!policies) {
        return std::unexpected(policies.error());
    }
    std::vector<Decision> out;
    for (const std::string& reference : request.references) {
        const auto named = readNamed(reference, request);
        if (!named) {
            return std::unexpected(named.error());
        }
        for (const policy::PssPolicy& pss : policies->pss) {
            if (auto done = checkPss(*named, pss, out); !done) {
                return std::unexpected(done.error());
            }
        }
        for (const policy::PolicyJudge& judge : policies->facts) {
            for (const SubjectView& subject : named->subjects) {
                std::ranges::move(judge.decide(accountsOf(subject)), std::back_inserter(out));
            }
        }
    }
    return out;
}

base::Status logDecisions(const std::vector<Decision>& decisions, const fs::path& log) {
    const std::string now = os::nowUtc();
    for (const Decision& decision : decisions) {
        if (auto put = os::appendLine(log, report::writeDecisionLine(decision, now)); !put) {
            return put;
        }
    }
    return {};
}

} // namespace bulkhead::session
