// Volumes of Pods, and what stands behind claims to them (kubernetes.io, Persistent Volumes, StatefulSets;
// kubernetes pkg/controller/volume/persistentvolume and pkg/kubelet).

#include "core/claims/import.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using model::Snapshot;
using Words = std::vector<std::string>;

base::Result<std::vector<Snapshot>> import(const std::string& text) {
    ImportOptions options;
    options.ground.architecture = "x86_64";
    return importDocument(text, "pod.yaml", options);
}

Snapshot container(const std::string& spec, const std::string& own) {
    auto all = import(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: i" + own +
        "}]\n" + spec);
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

const model::Mount* mountAt(const Snapshot& s, const std::string& target) {
    const auto& mounts = s.mounts.value();
    const auto found = std::ranges::find(mounts, target, &model::Mount::target);
    return found == mounts.end() ? nullptr : &*found;
}

std::string claimed(const std::string& volume, const std::string& claim) {
    return "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\nspec: " + volume +
           "\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: " + claim +
           "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
           "  volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]\n"
           "  containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v, subPath: s}]}]\n";
}

// kubernetes.io, Persistent Volumes: a claim is bound by its volumeName or by the claimRef of the volume
TEST(KubernetesVolumes, AVolumeOfTheFileStandsBehindItsClaim) {
    for (const auto& [volume, claim] :
         {std::pair{"{hostPath: {path: /srv}, claimRef: {name: data, namespace: default}}", "{}"},
          std::pair{"{hostPath: {path: /srv}}", "{volumeName: pv}"},
          std::pair{"{local: {path: /srv}}", "{volumeName: pv}"}}) {
        const auto all = import(claimed(volume, claim));
        ASSERT_TRUE(all) << all.error().message;
        const model::Mount* mount = mountAt(all->front(), "/v");
        ASSERT_TRUE(mount != nullptr && mount->hostPaths.known()) << volume;
        EXPECT_EQ(mount->hostPaths.value().front(), "/srv/s") << volume;
        EXPECT_EQ(
            std::ranges::count(
                all->front().config.asks.value(),
                "a folder of the host through the claim data: the PersistentVolume pv"),
            1);
    }
    const auto maybe = import(
        claimed("{storageClassName: manual, hostPath: {path: /mnt/data}}", "{storageClassName: manual}"));
    ASSERT_TRUE(maybe) << maybe.error().message;
    EXPECT_EQ(
        mountAt(maybe->front(), "/v")->hostPaths.gap().reason,
        "the cluster may bind the claim data to the PersistentVolume pv, which is /mnt/data of the host");
    for (const auto& [volume, claim] :
         {std::pair{"{local: {path: /dev/sdb}, volumeMode: Block}", "{volumeName: pv}"},
          std::pair{"{hostPath: {path: /srv}, claimRef: {name: data, namespace: other}}", "{}"},
          std::pair{"{nfs: {server: s, path: /srv}}", "{volumeName: pv}"}}) {
        const auto all = import(claimed(volume, claim));
        ASSERT_TRUE(all) << all.error().message;
        EXPECT_EQ(
            mountAt(all->front(), "/v")->hostPaths.gap().reason, "where the kubelet keeps the volume v");
    }
}

// kubernetes pkg/kubelet/kubelet_pods.go, makeMounts: ReadOnly is mount.ReadOnly or the attribute of the
// volume's plugin, which is true for these and follows readOnly of the source for the others (GetAttributes)
TEST(KubernetesVolumes, VolumesOfTheApisObjectsAreReadOnly) {
    const auto isReadOnly = [](const std::string& source) {
        const Snapshot s = container(
            "  volumes: [{name: v, " + source + "}]\n", ", volumeMounts: [{name: v, mountPath: /v}]");
        EXPECT_EQ(s.config.notUnderstood.valueOr({}), Words()) << source;
        const model::Mount* mount = mountAt(s, "/v");
        return mount != nullptr && mount->readOnly && mount->options.front() == "ro";
    };
    for (const char* source :
         {"configMap: {name: m}", "secret: {secretName: s}", "projected: {sources: []}",
          "downwardAPI: {items: []}", "image: {reference: i}", "nfs: {server: s, path: /p, readOnly: true}",
          "csi: {driver: d, readOnly: true}", "iscsi: {targetPortal: t, iqn: q, lun: 0, readOnly: true}",
          "persistentVolumeClaim: {claimName: c, readOnly: true}"}) {
        EXPECT_TRUE(isReadOnly(source)) << source;
    }
    for (const char* source :
         {"emptyDir: {}", "hostPath: {path: /srv}", "nfs: {server: s, path: /p}",
          "csi: {driver: d, readOnly: false}", "persistentVolumeClaim: {claimName: c}",
          "gitRepo: {repository: r}", "ephemeral: {volumeClaimTemplate: {spec: {}}}"}) {
        EXPECT_FALSE(isReadOnly(source)) << source;
    }
    EXPECT_FALSE(import("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
                        "  volumes: [{name: v, nfs: {server: s, path: /p, readOnly: maybe}}]\n"
                        "  containers: [{name: c, image: i}]\n"));
}

// kubernetes.io, StatefulSets: the templates are volumes of each Pod, and stand above its own of that name
TEST(KubernetesVolumes, TemplatesOfClaimsAreVolumes) {
    const auto all =
        import("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n"
               "  template:\n    spec:\n      volumes: [{name: www, hostPath: {path: /etc}}]\n"
               "      containers: [{name: c, image: i, volumeMounts: [{name: www, mountPath: /w}]}]\n"
               "  volumeClaimTemplates: [{metadata: {name: www}, spec: {accessModes: [ReadWriteOnce]}}]\n");
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_NE(mountAt(all->front(), "/w"), nullptr);
    EXPECT_EQ(mountAt(all->front(), "/w")->hostPaths.gap().reason, "where the kubelet keeps the volume www");
}

std::string object(const std::string& kind, const std::string& meta, const std::string& spec) {
    return "apiVersion: v1\nkind: " + kind + "\nmetadata: {" + meta + "}\nspec: " + spec + "\n---\n";
}

/// A StatefulSet "web" with a template "data", which its container has at /v.
std::string setOfPods(const std::string& claim, const std::string& more = "", const std::string& space = "") {
    return "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web" + space + "}\nspec:\n" + more +
           "  template:\n    spec:\n"
           "      containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /v}]}]\n"
           "  volumeClaimTemplates: [{metadata: {name: data}, spec: " +
           claim + "}]\n";
}

Snapshot first(const std::string& text) {
    const auto all = import(text);
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

/// The folder of the host at /v, or why it is not known.
std::string behind(const Snapshot& s) {
    const model::Mount* mount = mountAt(s, "/v");
    return mount == nullptr           ? "no mount"
           : mount->hostPaths.known() ? mount->hostPaths.value().front()
                                      : mount->hostPaths.gap().reason;
}

const std::string kNothing = "where the kubelet keeps the volume data";

Words asksOf(const Snapshot& s) {
    return s.config.asks.valueOr({});
}

// pkg/controller/statefulset/stateful_set_utils.go, getPersistentVolumeClaimName: TEMPLATE-SET-ORDINAL
TEST(KubernetesVolumes, ClaimsOfAStatefulSetAreNamedByTemplateSetAndOrdinal) {
    const auto kept = [](const std::string& claim, const std::string& path = "/") {
        return object(
            "PersistentVolume", "name: pv", "{hostPath: {path: " + path + "}, claimRef: " + claim + "}");
    };
    for (const char* name : {"data-web-0", "data-web-12"}) {
        const Snapshot s =
            first(kept("{namespace: default, name: " + std::string(name) + "}") + setOfPods("{}"));
        EXPECT_EQ(behind(s), "/") << name;
        EXPECT_EQ(
            asksOf(s), (Words{
                           "a folder of the host through the claim " + std::string(name) +
                           ": the PersistentVolume pv"}));
    }
    // of others: a Pod's claim of the template's name, other sets, other namespaces, no ordinals
    for (const char* claim :
         {"{namespace: default, name: data}", "{namespace: default, name: data-db-0}",
          "{namespace: default, name: data-web}", "{namespace: default, name: data-web-}",
          "{namespace: default, name: data-web-x}", "{namespace: default, name: data-web-01}",
          "{namespace: default, name: data-web-1-0}", "{namespace: other, name: data-web-0}"}) {
        const Snapshot s = first(kept(claim) + setOfPods("{storageClassName: ''}"));
        EXPECT_EQ(behind(s), kNothing) << claim;
        EXPECT_EQ(asksOf(s), Words()) << claim;
    }
    EXPECT_EQ(
        behind(first(kept("{namespace: shop, name: data-web-0}") + setOfPods("{}", "", ", namespace: shop"))),
        "/");
    // a claim that somebody made beforehand is the Pod's too
    const std::string volume = object("PersistentVolume", "name: pv", "{hostPath: {path: /srv}}");
    EXPECT_EQ(
        behind(first(
            volume + object("PersistentVolumeClaim", "name: data-web-0", "{volumeName: pv}") +
            setOfPods("{}"))),
        "/srv");
    EXPECT_EQ(
        behind(first(
            volume + object("PersistentVolumeClaim", "name: data", "{volumeName: pv}") +
            setOfPods("{storageClassName: ssd}"))),
        kNothing);
}

TEST(KubernetesVolumes, ATemplateMayNameItsVolume) {
    const std::string volume = object("PersistentVolume", "name: pv", "{hostPath: {path: /srv}}");
    const Snapshot s = first(volume + setOfPods("{volumeName: pv}"));
    EXPECT_EQ(behind(s), "/srv");
    EXPECT_EQ(asksOf(s), Words{"a folder of the host through the claim data-web-N: the PersistentVolume pv"});
    EXPECT_EQ(behind(first(volume + setOfPods("{volumeName: other, storageClassName: ''}"))), kNothing);
}

TEST(KubernetesVolumes, OfSeveralFoldersOfAStatefulSetTheWidestStands) {
    const auto kept = [](const std::string& number, const std::string& path) {
        return object(
            "PersistentVolume", "name: pv" + number,
            "{hostPath: {path: " + path + "}, claimRef: {namespace: default, name: data-web-" + number +
                "}}");
    };
    const std::string line = "a folder of the host through the claim data-web-";
    const Snapshot s = first(kept("0", "/srv/a/0") + kept("1", "/etc/") + setOfPods("{}", "  replicas: 2\n"));
    EXPECT_EQ(behind(s), "/etc");
    EXPECT_EQ(asksOf(s), (Words{line + "1: the PersistentVolume pv1", line + "0: the PersistentVolume pv0"}));
    std::string many;
    for (const char* number : {"0", "1", "2", "3", "4", "5"}) {
        many += kept(number, "/srv/" + std::string(number));
    }
    EXPECT_EQ(
        asksOf(first(many + setOfPods("{}", "  replicas: 6\n"))),
        (Words{
            line + "0: the PersistentVolume pv0", line + "1: the PersistentVolume pv1",
            line + "2: the PersistentVolume pv2",
            "folders of the host through 3 more claims of the template data"}));
    // a Pod that has none of these yet
    const std::string free =
        object("PersistentVolume", "name: root", "{storageClassName: manual, hostPath: {path: /}}");
    const std::string may = "the cluster may bind a claim of the template data to the PersistentVolume root, "
                            "which is / of the host";
    EXPECT_EQ(
        asksOf(first(kept("0", "/srv") + free + setOfPods("{storageClassName: manual}", "  replicas: 2\n"))),
        (Words{line + "0: the PersistentVolume pv0", may}));
    EXPECT_EQ(
        asksOf(first(kept("0", "/srv") + free + setOfPods("{storageClassName: manual}"))),
        Words{line + "0: the PersistentVolume pv0"});
    EXPECT_EQ(behind(first(free + setOfPods("{storageClassName: manual}"))), may);
}

TEST(KubernetesVolumes, ClaimsOfOneTemplateThatWaitForTheSameVolumesNameThemOnce) {
    std::string text;
    for (const char* name : {"a", "b"}) {
        text += object(
            "PersistentVolume", "name: " + std::string(name),
            "{hostPath: {path: /srv/" + std::string(name) + "}}");
    }
    for (const char* number : {"0", "1"}) {
        text += object(
            "PersistentVolumeClaim", "name: data-web-" + std::string(number), "{storageClassName: ''}");
    }
    EXPECT_EQ(
        behind(first(text + setOfPods("{storageClassName: ''}", "  replicas: 3\n"))),
        "the cluster may bind a claim of the template data to one of these PersistentVolumes: a, which is "
        "/srv/a of "
        "the host; b, which is /srv/b");
}

// pkg/controller/volume/persistentvolume/pv_controller.go, syncUnboundClaim: a claim waits for the volume
// that it names, and a volume with a claimRef is bound to nobody else
TEST(KubernetesVolumes, AVolumeKeptForAnotherClaimIsNotBound) {
    EXPECT_EQ(
        behind(first(claimed(
            "{hostPath: {path: /srv}, claimRef: {name: web, namespace: default}}", "{volumeName: pv}"))),
        "where the kubelet keeps the volume v");
    EXPECT_EQ(
        behind(first(claimed(
            "{storageClassName: m, hostPath: {path: /srv}}", "{storageClassName: m, volumeName: another}"))),
        "where the kubelet keeps the volume v");
    EXPECT_EQ(
        behind(first(claimed(
            "{storageClassName: m, hostPath: {path: /srv}, claimRef: null}", "{storageClassName: m}"))),
        "the cluster may bind the claim data to the PersistentVolume pv, which is /srv of the host");
}

// kubernetes.io, Persistent Volumes, "Class" and "Binding"; pkg/controller/volume/persistentvolume,
// checkVolumeSatisfyClaim; k8s.io/component-helpers storage/volume, FindMatchingVolume
TEST(KubernetesVolumes, AFreeVolumeThatFitsMayBeBound) {
    const auto may = [](const std::string& volume, const std::string& claim, const std::string& before = "") {
        return behind(first(before + claimed(volume, claim))) ==
               "the cluster may bind the claim data to the PersistentVolume pv, which is /srv of the host";
    };
    const std::string folder = "hostPath: {path: /srv}";
    const auto volume = [&](const std::string& more) { return "{" + folder + more + "}"; };
    // without a class
    EXPECT_TRUE(may(volume(""), "{storageClassName: ''}"));
    EXPECT_TRUE(may(volume(", storageClassName: ''"), "{storageClassName: ''}"));
    EXPECT_TRUE(may(volume(""), "{}"));
    EXPECT_FALSE(may(volume(", storageClassName: m"), "{storageClassName: ''}"));
    EXPECT_FALSE(may(volume(", storageClassName: m"), "{}"));
    EXPECT_FALSE(may(volume(""), "{storageClassName: m}"));
    // with the cluster's own in the file
    const std::string own =
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: m, annotations: "
        "{storageclass.kubernetes.io/is-default-class: 'true'}}\n---\n";
    EXPECT_TRUE(may(volume(", storageClassName: m"), "{}", own));
    EXPECT_FALSE(may(volume(""), "{}", own));
    EXPECT_TRUE(may(volume(""), "{storageClassName: ''}", own));
    // what else must fit, as far as it is said
    EXPECT_TRUE(
        may(volume(", accessModes: [ReadWriteOnce, ReadOnlyMany]"), "{accessModes: [ReadWriteOnce]}"));
    EXPECT_FALSE(may(volume(", accessModes: [ReadWriteOnce]"), "{accessModes: [ReadWriteMany]}"));
    EXPECT_TRUE(may(volume(", capacity: {storage: 1Gi}"), "{resources: {requests: {storage: 1024Mi}}}"));
    EXPECT_FALSE(may(volume(", capacity: {storage: 1Gi}"), "{resources: {requests: {storage: 1025Mi}}}"));
    EXPECT_TRUE(may(volume(", capacity: {storage: odd}"), "{resources: {requests: {storage: 1Gi}}}"));
    EXPECT_TRUE(may(volume(", volumeMode: Filesystem"), "{}"));
    EXPECT_FALSE(may(volume(""), "{volumeMode: Block}"));
}

TEST(KubernetesVolumes, ASelectorChoosesAmongFreeVolumes) {
    const auto may = [](const std::string& selector) {
        const std::string text =
            object(
                "PersistentVolume", "name: pv, labels: {tier: gold, zone: a}", "{hostPath: {path: /srv}}") +
            object("PersistentVolumeClaim", "name: data-web-0", "{selector: " + selector + "}") +
            setOfPods("{storageClassName: other}");
        return behind(first(text)) == "the cluster may bind the claim data-web-0 to the PersistentVolume pv, "
                                      "which is /srv of the host";
    };
    EXPECT_TRUE(may("{}"));
    EXPECT_TRUE(may("{matchLabels: {tier: gold}}"));
    EXPECT_FALSE(may("{matchLabels: {tier: gold, zone: b}}"));
    EXPECT_FALSE(may("{matchLabels: {rack: one}}"));
    const auto says = [&](const std::string& rule) { return may("{matchExpressions: [" + rule + "]}"); };
    EXPECT_TRUE(says("{key: tier, operator: In, values: [silver, gold]}"));
    EXPECT_FALSE(says("{key: tier, operator: In, values: [silver]}"));
    EXPECT_FALSE(says("{key: rack, operator: In, values: [one]}"));
    EXPECT_TRUE(says("{key: tier, operator: NotIn, values: [silver]}"));
    EXPECT_TRUE(says("{key: rack, operator: NotIn, values: [one]}"));
    EXPECT_FALSE(says("{key: tier, operator: NotIn, values: [gold]}"));
    EXPECT_TRUE(says("{key: tier, operator: Exists}"));
    EXPECT_FALSE(says("{key: rack, operator: Exists}"));
    EXPECT_TRUE(says("{key: rack, operator: DoesNotExist}"));
    EXPECT_FALSE(says("{key: tier, operator: DoesNotExist}"));
}

TEST(KubernetesVolumes, OfSeveralFreeVolumesTheWidestAreNamed) {
    const auto free = [](const std::string& name, const std::string& path) {
        return object(
            "PersistentVolume", "name: " + name, "{storageClassName: m, hostPath: {path: " + path + "}}");
    };
    const std::string claim =
        claimed("{storageClassName: m, hostPath: {path: /srv/pv}}", "{storageClassName: m}");
    const Snapshot two = first(free("a", "/srv/data/a") + claim);
    EXPECT_EQ(
        behind(two),
        "the cluster may bind the claim data to one of these PersistentVolumes: pv, which is /srv/pv "
        "of the host; a, which is /srv/data/a");
    EXPECT_EQ(mountAt(two, "/v")->hostPaths.gap().needs, "volumeName in the claim, where it is one of these");
    EXPECT_EQ(
        behind(first(free("a", "/srv/data/a") + free("b", "/srv/b") + free("root", "/") + claim)),
        "the cluster may bind the claim data to one of these PersistentVolumes: root, which is / of the "
        "host; "
        "b, which is /srv/b; pv, which is /srv/pv; or to another");
}

} // namespace
} // namespace bulkhead::claims
