#include "ui/models/filter_stack.h"

#include "core/seccomp/base64.h"
#include "core/seccomp/verdicts.h"
#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <map>

namespace bulkhead::models {

namespace {

QString say(const char* text) {
    return QCoreApplication::translate("filters", text);
}

FilterStack gapStack(const QString& why) {
    return {{}, why, true};
}

/// Programs come from documents too, so each is checked as the kernel would.
FilterStack parsed(const std::vector<model::SeccompFilter>& filters) {
    FilterStack stack;
    for (std::size_t i = 0; i < filters.size(); ++i) {
        const model::SeccompFilter& filter = filters[i];
        if (filter.program.empty()) {
            return gapStack(say("The program was not recorded: %1 instructions, sha256 %2.")
                                .arg(filter.instructions)
                                .arg(toQString(filter.sha256)));
        }
        const auto bytes = seccomp::bytesFromBase64(filter.program);
        auto program = bytes ? seccomp::parseProgram(*bytes, "filter " + std::to_string(i + 1))
                             : base::Result<seccomp::Program>(std::unexpected(bytes.error()));
        if (!program) {
            return gapStack(
                say("The document holds no valid program: %1").arg(toQString(program.error().message)));
        }
        stack.programs.push_back(std::move(*program));
    }
    return stack;
}

/// A number that nobody lists, to stand for all of them.
std::optional<std::uint32_t> unlistedNumber(const model::ArchVerdicts& account, const seccomp::Arch& arch) {
    constexpr std::uint32_t kTried = 1U << 16U;
    for (std::uint32_t number = 0; number < kTried; ++number) {
        if (&seccomp::verdictOf(account, arch, arch.bit | number) == &account.others) {
            return arch.bit | number;
        }
    }
    return std::nullopt;
}

} // namespace

FilterStack filterStackOf(const model::Snapshot* snapshot) {
    if (snapshot == nullptr) {
        return {{}, say("This vantage says nothing of the subject."), false};
    }
    const model::Seccomp& facts = snapshot->seccomp;
    if (facts.mode.known() && facts.mode.value() == model::SeccompMode::disabled) {
        return {{}, say("No filter: every system call can be made."), false};
    }
    if (facts.mode.known() && facts.mode.value() == model::SeccompMode::strict) {
        return {{}, say("Strict mode: read, write, _exit and sigreturn, and no program."), false};
    }
    if (facts.filters.unreadable()) {
        return gapStack(say("The programs are %1.").arg(gapText(facts.filters.gap())));
    }
    if (!facts.filters.known() || facts.filters.value().empty()) {
        return gapStack(say("The programs were not recorded. Those of a live process can be read."));
    }
    return parsed(facts.filters.value());
}

std::optional<FollowedCall>
followedCall(const model::Seccomp& seccomp, const std::string& abi, const std::string& call) {
    const seccomp::Arch* arch = seccomp::findArch(abi);
    if (arch == nullptr) {
        return std::nullopt;
    }
    static const model::ArchVerdicts nothing;
    static const std::map<std::string, model::ArchVerdicts> noAccounts;
    const auto& accounts = seccomp.verdicts.known() ? seccomp.verdicts.value() : noAccounts;
    const auto account = accounts.find(abi);
    const bool known = account != accounts.end();
    FollowedCall followed{arch, 0, toQString(call), false, {}};
    if (call.empty()) {
        const auto number = unlistedNumber(known ? account->second : nothing, *arch);
        if (!number) {
            return std::nullopt;
        }
        followed.number = *number;
        followed.name = say("all others");
        followed.oneOfMany = true;
    } else {
        const auto numbers = seccomp::numbersOfKey(*arch, call);
        if (!numbers) {
            return std::nullopt;
        }
        followed.number = numbers->low;
        followed.oneOfMany = numbers->low != numbers->high;
    }
    if (known) {
        followed.verdict =
            toQString(seccomp::toText(seccomp::verdictOf(account->second, *arch, followed.number)));
    }
    return followed;
}

} // namespace bulkhead::models
