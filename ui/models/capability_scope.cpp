#include "ui/models/capability_scope.h"

#include "ui/models/cell_text.h"

namespace bulkhead::models {

namespace {

using Account = std::map<model::NamespaceType, model::Fact<model::CapabilitySet>>;

/// The types whose account has the capability, as words.
QString typesWith(const Account& account, model::Capability capability) {
    QStringList types;
    for (const auto& [type, held] : account) {
        if (held.known() && held.value().has(capability)) {
            types << toQString(model::nameOf(type));
        }
    }
    return types.join(QStringLiteral(", "));
}

} // namespace

CapabilityWorth
capabilityWorth(const model::Snapshot& snapshot, model::Capability capability, bool effective) {
    CapabilityWorth worth;
    if (effective) {
        worth.overHost = typesWith(snapshot.capabilities.over, capability);
        worth.within = typesWith(snapshot.capabilities.within, capability);
    }
    const model::Fact<bool>& host = snapshot.identity.userNamespaceIsHost;
    if (!worth.overHost.isEmpty() || host.valueOr(false)) {
        worth.scope = CapabilityScope::host;
    } else if (host.known()) {
        worth.scope = CapabilityScope::own;
        const auto user = snapshot.namespaces.find(model::NamespaceType::user);
        if (user != snapshot.namespaces.end() && user->second.inode.known()) {
            worth.user = QString::number(user->second.inode.value());
        }
    } else {
        worth.reason = host.unreadable() ? gapToolTip(host) : QString();
    }
    return worth;
}

} // namespace bulkhead::models
