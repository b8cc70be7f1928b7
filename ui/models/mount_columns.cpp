#include "ui/models/mount_columns.h"

#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

namespace bulkhead::models {

namespace {

bool has(const std::vector<std::string>& options, std::string_view option) {
    return std::ranges::find(options, option) != options.end();
}

/// Read-only by the mount can be remounted by whoever may mount; by the superblock it holds for every mount.
QString accessText(const model::Mount& mount) {
    if (!mount.readOnly) {
        return mountTr("writable");
    }
    const bool byMount = has(mount.options, "ro");
    const bool bySuper = has(mount.superOptions, "ro");
    if (byMount && bySuper) {
        return mountTr("read-only (mount and superblock)");
    }
    if (bySuper) {
        return mountTr("read-only (superblock)");
    }
    return byMount ? mountTr("read-only (mount)") : mountTr("read-only");
}

QString propagationText(const model::Mount& mount) {
    QStringList parts{toQString(mount.propagation)};
    if (mount.sharedWithHostPeer.valueOr(false)) {
        parts << mountTr("travels to the host");
    } else if (mount.sharedWithHostPeer.unreadable()) {
        parts << mountTr("to the host ?");
    }
    if (mount.receivesFromHost.valueOr(false)) {
        parts << mountTr("receives from the host");
    }
    return parts.join(QStringLiteral(", "));
}

QString hostText(const model::Mount& mount) {
    return factText(mount.hostPaths, [](const std::vector<std::string>& paths) { return joined(paths); });
}

QString layersText(const model::Mount& mount) {
    if (!mount.overlay) {
        return {};
    }
    const auto lower = static_cast<int>(mount.overlay->lower.size());
    const QString upper = mount.overlay->upper.empty()
                              ? mountTr("no upper")
                              : mountTr("upper %1").arg(toQString(mount.overlay->upper));
    return mountTr("%1 lower, %2").arg(lower).arg(upper);
}

constexpr std::array kColumns{
    MountColumn{
        QT_TRANSLATE_NOOP("mounts", "Target"), [](const model::Mount& m) { return toQString(m.target); }},
    MountColumn{QT_TRANSLATE_NOOP("mounts", "State"), mountState},
    MountColumn{
        QT_TRANSLATE_NOOP("mounts", "Kind"),
        [](const model::Mount& m) { return toQString(model::nameOf(m.kind)); }},
    MountColumn{QT_TRANSLATE_NOOP("mounts", "Access"), accessText},
    MountColumn{
        QT_TRANSLATE_NOOP("mounts", "Type"), [](const model::Mount& m) { return toQString(m.fsType); }},
    MountColumn{QT_TRANSLATE_NOOP("mounts", "Host paths"), hostText},
    MountColumn{QT_TRANSLATE_NOOP("mounts", "Propagation"), propagationText},
    MountColumn{QT_TRANSLATE_NOOP("mounts", "Layers"), layersText},
    MountColumn{
        QT_TRANSLATE_NOOP("mounts", "Ids"),
        [](const model::Mount& m) { return m.idmap ? mountTr("mapped by the mount") : QString(); }},
    MountColumn{
        QT_TRANSLATE_NOOP("mounts", "Source"), [](const model::Mount& m) { return toQString(m.source); }},
    MountColumn{
        QT_TRANSLATE_NOOP("mounts", "Options"), [](const model::Mount& m) { return joined(m.options); }},
    MountColumn{
        QT_TRANSLATE_NOOP("mounts", "Device"), [](const model::Mount& m) { return toQString(m.device); }},
};

QStringList stateLines(const model::Mount& mount) {
    QStringList lines;
    if (!mount.visible) {
        lines << mountTr("shadowed: a later mount lies over it or over a directory above it");
    }
    if (mount.kind == model::MountKind::masked) {
        lines << mountTr("masked: the runtime put something empty over what the kernel shows here");
    }
    if (mount.deleted) {
        lines << mountTr("the directory it shows was deleted");
    }
    return lines;
}

QStringList hostLines(const model::Mount& mount) {
    QStringList lines;
    if (mount.hostPaths.unreadable()) {
        lines << mountTr("host paths %1").arg(gapToolTip(mount.hostPaths));
    } else if (!mount.hostPaths.valueOr({}).empty()) {
        lines << mountTr("on the host: %1").arg(joined(mount.hostPaths.value()));
    }
    if (mount.sharedWithHostPeer.valueOr(false)) {
        lines << mountTr("a mount made below it appears on the host (peer group %1)")
                     .arg(mount.peerGroup.value_or(0));
    } else if (mount.sharedWithHostPeer.unreadable()) {
        lines << mountTr("propagation to the host %1").arg(gapToolTip(mount.sharedWithHostPeer));
    }
    if (mount.master) {
        lines
            << (mount.receivesFromHost.valueOr(false)
                    ? mountTr("a mount made on the host appears here (peer group %1)").arg(*mount.master)
                    : mountTr("receives mounts of peer group %1").arg(*mount.master));
    }
    return lines;
}

} // namespace

QString mountTr(const char* text) {
    return QCoreApplication::translate("mounts", text);
}

std::span<const MountColumn> mountColumns() {
    return kColumns;
}

QString mountState(const model::Mount& mount) {
    QStringList parts;
    if (mount.kind == model::MountKind::masked) {
        parts << mountTr("masked");
    }
    if (!mount.visible) {
        parts << mountTr("shadowed");
    }
    if (mount.deleted) {
        parts << mountTr("source deleted");
    }
    return parts.join(QStringLiteral(", "));
}

QString mountToolTip(const model::Mount& mount) {
    QStringList lines{toQString(mount.target)};
    lines += stateLines(mount);
    lines << accessText(mount);
    lines += hostLines(mount);
    if (mount.overlay) {
        lines << mountTr("upper layer: %1")
                     .arg(
                         mount.overlay->upper.empty() ? mountTr("none, read-only")
                                                      : toQString(mount.overlay->upper));
        for (const std::string& lower : mount.overlay->lower) {
            if (lines.size() > 24) {
                lines << mountTr("and more lower layers");
                break;
            }
            lines << mountTr("lower layer: %1").arg(toQString(lower));
        }
    }
    if (mount.idmap) {
        lines << mountTr("the mount maps ids: files belong to other users here than on the file system");
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace bulkhead::models
