#include "app/cli/verb.h"

#include <array>

namespace bulkhead::cli {

namespace {

constexpr std::array kVerbs = {
    Verb{
        "list", "every container of this machine, and processes that are confined without one",
        "bulkhead list --posture", runList},
    Verb{"inspect", "the boundary of one or more subjects", "bulkhead inspect pid:1234", runInspect},
    Verb{
        "diff", "subjects against a baseline, each difference with its direction",
        "bulkhead diff lab:default lab:privileged --fail-on weaker", runDiff},
    Verb{
        "contradictions", "where what was asked for, enforced and experienced disagree",
        "bulkhead contradictions lab:privileged", runContradictions},
    Verb{
        "paths", "ways from code in the container to the host, what stops others, and the smallest hardening",
        "bulkhead paths deploy.yaml#deployment/web/app --cut --apply hardened.yaml", runPaths},
    Verb{
        "check", "whether policies accept subjects: allow, deny or cannot tell, with the reason",
        "bulkhead check deploy.yaml --policy pss:restricted@v1.29 --format sarif", runCheck},
    Verb{
        "expect", "write what holds of a subject as a specification that can be verified",
        "bulkhead expect docker:web --out web.spec.yaml", runExpect},
    Verb{
        "verify", "whether a specification still holds",
        "bulkhead verify web.spec.yaml docker:web --format junit", runVerify},
    Verb{
        "watch", "say when what runs departs from its boundary, one line for each act",
        "bulkhead watch --format jsonl --metrics /var/lib/node_exporter/bulkhead.prom\n"
        "  bulkhead watch docker:web --against web.spec.yaml --once",
        runWatch},
    Verb{
        "policy", "the policies that there are, their rules, and exports of them for other tools",
        "bulkhead policy export cis-docker --format falco --out rules.yaml", runPolicy},
    Verb{
        "lab", "run the scenarios as real containers and compare them",
        "bulkhead lab run default privileged --out lab-results", runLab},
    Verb{
        "seccomp", "what filters make of every system call: tables, listings, differences, single calls",
        "bulkhead seccomp eval bpf:filter.bpf --arch x86_64 --syscall mount", runSeccomp},
    Verb{
        "report", "a comparison as Markdown, Mermaid or SVG",
        "bulkhead report lab:default lab:privileged --out report.md", runReport},
    Verb{
        "doctor", "what this user can see and launch on this machine, what not, and why", "bulkhead doctor",
        runDoctor},
    Verb{
        "workbench", "open the desktop program on these subjects", "bulkhead workbench lab-results",
        runWorkbench},
    Verb{
        "completion", "print the completion script of a shell", "bulkhead completion bash > bulkhead.bash",
        runCompletion},
};

} // namespace

std::span<const Verb> verbs() {
    return kVerbs;
}

} // namespace bulkhead::cli
