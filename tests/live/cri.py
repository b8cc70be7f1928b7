"""A node for live tests: containerd with its CRI plugin, asked as a kubelet asks it. There is no kubelet here: what it
makes of a Pod is restated below from the Kubernetes documentation, and what containerd and runc make of that is real.

    with cri.node() as node:
        pod = node.run({"kind": "Pod", ...})   # a Pod as one writes it
        pod.pids["app"], pod.ids["app"]        # of each container; the sandbox's own is "sandbox"
        pod.remove()

The network plugin is a mock: it gives an address and makes no interface. Files of Pods lie where a kubelet keeps
them, in /var/lib/kubelet/pods. At the end nothing is left."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import uuid
from pathlib import Path

import engines

IMAGE = "docker.io/library/busybox:latest"
KUBELET = Path("/var/lib/kubelet")
NAMESPACE = "k8s.io"  # of containerd, in which its CRI plugin keeps everything
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}  # as image configurations spell them
POD, CONTAINER, NODE = 0, 1, 2
RUNTIME_DEFAULT, UNCONFINED, LOCALHOST = 0, 1, 2

# Fields of the Container Runtime Interface, version 1 (k8s.io/cri-api, runtime/v1/api.proto): number and type of each.
TEXT_MAP = "map"
FIELDS = {
    "Number": {"value": 1},
    "Namespaces": {"network": 1, "pid": 2, "ipc": 3},
    "Profile": {"kind": 1, "file": 2},
    "SandboxSecurity": {"namespaces": (1, "Namespaces"), "privileged": 6, "seccomp": (9, "Profile")},
    "SandboxLinux": {"cgroup_parent": 1, "security": (2, "SandboxSecurity"), "sysctls": (3, TEXT_MAP)},
    "SandboxName": {"name": 1, "uid": 2, "namespace": 3},
    "Sandbox": {"metadata": (1, "SandboxName"), "hostname": 2, "log_directory": 3, "labels": (6, TEXT_MAP),
                "linux": (8, "SandboxLinux")},
    "RunPodSandbox": {"config": (1, "Sandbox")},
    "Resources": {"cpu_period": 1, "cpu_quota": 2, "cpu_shares": 3, "memory": 4, "oom_score_adj": 5},
    "Capabilities": {"add": 1, "drop": 2},
    "Security": {"capabilities": (1, "Capabilities"), "privileged": 2, "namespaces": (3, "Namespaces"),
                 "user": (5, "Number"), "read_only": 7, "groups": 8, "no_new_privileges": 11, "group": (12, "Number"),
                 "masked": 13, "read_only_paths": 14, "seccomp": (15, "Profile")},
    "Linux": {"resources": (1, "Resources"), "security": (2, "Security")},
    "Mount": {"target": 1, "source": 2, "read_only": 3, "propagation": 5},
    "ContainerName": {"name": 1},
    "Image": {"image": 1},
    "Container": {"metadata": (1, "ContainerName"), "image": (2, "Image"), "command": 3, "mounts": (7, "Mount"),
                  "labels": (9, TEXT_MAP), "log_path": 11, "linux": (15, "Linux")},
    "CreateContainer": {"pod": 1, "config": (2, "Container"), "sandbox": (3, "Sandbox")},
    "One": {"id": 1},
    "Status": {"id": 1, "verbose": 2},
}

# Where a kubelet keeps volumes by their type (the names of its plugins, pkg/volume), and those that it mounts read-only
# unasked (pkg/kubelet/kubelet_pods.go, makeMounts). Here they are folders of the node, empty ones.
KEPT = {"emptyDir": "empty-dir", "configMap": "configmap", "secret": "secret", "projected": "projected",
        "downwardAPI": "downward-api"}
OF_THE_API = KEPT.keys() - {"emptyDir"}

# What a kubelet of Kubernetes 1.26 (the time of containerd 1.6) asks for unless procMount says Unmasked.
MASKED = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
          "/proc/sched_debug", "/proc/scsi", "/sys/firmware"]
READ_ONLY = ["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def encoded(kind, value):
    """A message in the wire format of Protocol Buffers."""
    out = b""
    for name, one in value.items():
        number, inner = FIELDS[kind][name] if isinstance(FIELDS[kind][name], tuple) else (FIELDS[kind][name], None)
        if inner == TEXT_MAP:
            for key, text in one.items():
                entry = field(1, key) + field(2, text)
                out += field(number, entry)
            continue
        for part in one if isinstance(one, list) else [one]:
            out += field(number, encoded(inner, part) if inner else part)
    return out


def field(number, value):
    if isinstance(value, int):  # booleans too
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def decoded(raw):
    """{number: [values]} of a message, values as bytes or numbers."""
    out, at = {}, 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(raw):
        key = number()
        if key & 7 == 0:
            out.setdefault(key >> 3, []).append(number())
        else:
            size = number()
            out.setdefault(key >> 3, []).append(raw[at:at + size])
            at += size
    return out


class Client:
    """Calls of the runtime service over containerd's socket."""

    def __init__(self, socket):
        import grpc  # python3-grpcio: only this test needs it
        self.channel = grpc.insecure_channel(f"unix://{socket}")
        self.error = grpc.RpcError

    def call(self, method, kind, value):
        ask = self.channel.unary_unary(f"/runtime.v1.RuntimeService/{method}")
        return decoded(ask(encoded(kind, value), timeout=60))

    def close(self):
        self.channel.close()


def seccomp(wanted, profiles):
    """A Pod's seccompProfile, files by their whole path; without one a kubelet that has no seccompDefault asks for
    none at all."""
    kind = (wanted or {}).get("type", "Unconfined")
    return {"kind": {"RuntimeDefault": RUNTIME_DEFAULT, "Unconfined": UNCONFINED, "Localhost": LOCALHOST}[kind],
            **({"file": str(profiles / wanted["localhostProfile"])} if kind == "Localhost" else {})}


def namespaces(spec):
    shared = POD if spec.get("shareProcessNamespace") else CONTAINER
    return {"network": NODE if spec.get("hostNetwork") else POD, "pid": NODE if spec.get("hostPID") else shared,
            "ipc": NODE if spec.get("hostIPC") else POD}


def security(spec, container, profiles):
    """The container's own word goes before the Pod's."""
    of_pod, own = spec.get("securityContext", {}), container.get("securityContext", {})
    both = {**of_pod, **own}
    privileged = own.get("privileged", False)
    capabilities = own.get("capabilities", {})
    unmasked = privileged or own.get("procMount") == "Unmasked"
    out = {"capabilities": {"add": capabilities.get("add", []), "drop": capabilities.get("drop", [])},
           "privileged": privileged, "namespaces": namespaces(spec),
           "read_only": own.get("readOnlyRootFilesystem", False),
           "groups": [*of_pod.get("supplementalGroups", []), *([of_pod["fsGroup"]] if "fsGroup" in of_pod else [])],
           "no_new_privileges": own.get("allowPrivilegeEscalation") is False,
           "masked": [] if unmasked else MASKED, "read_only_paths": [] if unmasked else READ_ONLY,
           "seccomp": seccomp(both.get("seccompProfile"), profiles)}
    if "runAsUser" in both:
        out["user"] = {"value": both["runAsUser"]}
    if "runAsGroup" in both:
        out["group"] = {"value": both["runAsGroup"]}
    return out


def quantity(text):
    """Of memory, in bytes: the suffixes that the tests use."""
    units = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
    return int(text[:-2]) * units[text[-2:]] if text[-2:] in units else int(text)


def resources(container):
    limits = container.get("resources", {}).get("limits", {})
    out = {"cpu_shares": 2, "oom_score_adj": 1000}  # of the class BestEffort
    if "memory" in limits:
        out["memory"] = quantity(limits["memory"])
    if "cpu" in limits:
        cores = int(limits["cpu"][:-1]) if limits["cpu"].endswith("m") else int(limits["cpu"]) * 1000
        out |= {"cpu_period": 100000, "cpu_quota": cores * 100, "cpu_shares": cores * 1024 // 1000}
    return out


class Pod:
    def __init__(self, node, document):
        self.node, self.spec = node, document["spec"]
        name = document["metadata"]["name"]
        uid = str(uuid.uuid4())
        self.folder = KUBELET / "pods" / uid
        self.folder.mkdir(parents=True)
        self.pids, self.ids, self.cgroup = {}, {}, f"/kubepods/besteffort/pod{uid}"
        anyone = any(c.get("securityContext", {}).get("privileged") for c in self.spec["containers"])
        self.labels = {"io.kubernetes.pod.name": name, "io.kubernetes.pod.namespace": "default",
                       "io.kubernetes.pod.uid": uid}
        self.sandbox = {"metadata": {"name": name, "uid": uid, "namespace": "default"},
                        **({} if self.spec.get("hostNetwork") else {"hostname": name}),
                        "log_directory": str(self.folder), "labels": self.labels,
                        "linux": {"cgroup_parent": self.cgroup, "sysctls": self.sysctls(),
                                  "security": {"namespaces": namespaces(self.spec), "privileged": anyone,
                                               "seccomp": {"kind": RUNTIME_DEFAULT}}}}
        self.ids["sandbox"] = self.call("RunPodSandbox", "RunPodSandbox", {"config": self.sandbox})[1][0].decode()
        self.pids["sandbox"] = self.pid("PodSandboxStatus", self.ids["sandbox"])
        for container in self.spec["containers"]:
            self.start(container)

    def call(self, method, kind, value):
        return self.node.client.call(method, kind, value)

    def sysctls(self):
        return {one["name"]: one["value"] for one in self.spec.get("securityContext", {}).get("sysctls", [])}

    def pid(self, method, identifier):
        entries = self.call(method, "Status", {"id": identifier, "verbose": True})[2]
        return next(json.loads(entry[2][0])["pid"] for entry in map(decoded, entries) if entry[1][0] == b"info")

    def made(self, *names, folder=False):
        """A file or folder that the kubelet keeps for the Pod."""
        path = self.folder.joinpath(*names)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True) if folder else path.touch()
        return str(path)

    def source(self, volume):
        if "hostPath" in volume:
            return volume["hostPath"]["path"]
        plugin = next(name for kind, name in KEPT.items() if kind in volume)  # no other type is used here
        return self.made(f"volumes/kubernetes.io~{plugin}", volume["name"], folder=True)

    def mounts(self, container):
        volumes = {volume["name"]: volume for volume in self.spec.get("volumes", [])}
        steps = {"None": 0, "HostToContainer": 1, "Bidirectional": 2}
        out = [{"target": one["mountPath"],
                "source": os.path.join(self.source(volumes[one["name"]]), one.get("subPath", "")).rstrip("/") or "/",
                "read_only": one.get("readOnly", False) or bool(OF_THE_API & volumes[one["name"]].keys()),
                "propagation": steps[one.get("mountPropagation", "None")]}
               for one in container.get("volumeMounts", [])]
        if self.spec.get("automountServiceAccountToken", True):
            out.append({"target": "/var/run/secrets/kubernetes.io/serviceaccount", "read_only": True,
                        "source": self.made("volumes/kubernetes.io~projected/kube-api-access", folder=True)})
        out.append({"target": "/etc/hosts", "source": self.made("etc-hosts")})
        return [*out, {"target": container.get("terminationMessagePath", "/dev/termination-log"),
                       "source": self.made("containers", container["name"], "0123abcd")}]

    def start(self, container):
        name = container["name"]
        config = {"metadata": {"name": name}, "image": {"image": IMAGE}, "command": ["/bin/sleep", "1000"],
                  "mounts": self.mounts(container), "log_path": f"{name}.log",
                  "labels": {**self.labels, "io.kubernetes.container.name": name},
                  "linux": {"resources": resources(container), "security": security(self.spec, container, self.node.profiles)}}
        made = self.call("CreateContainer", "CreateContainer",
                         {"pod": self.ids["sandbox"], "config": config, "sandbox": self.sandbox})
        self.ids[name] = made[1][0].decode()
        self.call("StartContainer", "One", {"id": self.ids[name]})
        self.pids[name] = self.pid("ContainerStatus", self.ids[name])

    def remove(self):
        for method in ("StopPodSandbox", "RemovePodSandbox"):
            self.call(method, "One", {"id": self.ids["sandbox"]})
        engines.remove_groups([path for path in Path("/sys/fs/cgroup").glob(f"*{self.cgroup}")])
        shutil.rmtree(self.folder)


class Node:
    def __init__(self, engine, client):
        self.engine, self.client = engine, client
        self.profiles = Path("/var/lib/kubelet/seccomp")  # where a kubelet looks for those of the node

    def run(self, document):
        return Pod(self, document)


def image(folder):
    """An OCI archive of busybox with its name, as `ctr images import` takes it."""
    tree, layer = engines.root_filesystem(folder / "tree"), io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        archive.add(tree, arcname=".")
    blobs = {}

    def blob(raw, kind):
        digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        blobs[digest] = raw
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": digest, "size": len(raw)}

    packed = blob(layer.getvalue(), "layer.v1.tar")
    config = {"architecture": ARCHITECTURES[os.uname().machine], "os": "linux", "config": {"Cmd": ["/bin/sleep", "100000"]},
              "rootfs": {"type": "layers", "diff_ids": [packed["digest"]]}}
    manifest = {"schemaVersion": 2, "config": blob(json.dumps(config).encode(), "config.v1+json"), "layers": [packed]}
    named = {**blob(json.dumps(manifest).encode(), "manifest.v1+json"),
             "annotations": {"io.containerd.image.name": IMAGE}}
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
             "index.json": json.dumps({"schemaVersion": 2, "manifests": [named]}).encode(),
             **{f"blobs/{digest.replace(':', '/')}": raw for digest, raw in blobs.items()}}
    with tarfile.open(folder / "image.tar", "w") as archive:
        for name, raw in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))
    return folder / "image.tar"


NETWORK = """#!/bin/sh
# A mock of a network plugin (CNI): it answers as one and touches nothing.
case $CNI_COMMAND in
VERSION) echo '{"cniVersion": "0.4.0", "supportedVersions": ["0.4.0"]}' ;;
ADD) printf '{"cniVersion": "0.4.0", "interfaces": [{"name": "%s", "sandbox": "%s"}], ' "$CNI_IFNAME" "$CNI_NETNS"
     printf '"ips": [{"version": "4", "address": "10.88.0.5/16", "interface": 0}]}' ;;
esac
"""
CONFIG = """version = 2
root = "{folder}/root"
state = "{folder}/state"
[grpc]
address = "{folder}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
path = "{folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{image}"
restrict_oom_score_adj = true  # without CAP_SYS_RESOURCE the score may not be lowered
disable_apparmor = true
stream_server_port = "0"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{folder}/cni"
conf_dir = "{folder}/net.d"
"""


def prepare(folder):
    (folder / "cni").mkdir()
    (folder / "net.d").mkdir()
    for name in ("loopback", "mock"):
        (folder / "cni" / name).write_text(NETWORK)
        (folder / "cni" / name).chmod(0o755)
    network = {"cniVersion": "0.4.0", "name": "mock", "plugins": [{"type": "mock"}]}
    (folder / "net.d/mock.conflist").write_text(json.dumps(network))
    (folder / "config.toml").write_text(CONFIG.format(folder=folder, image=IMAGE))


@contextlib.contextmanager
def node():
    before = engines.parents("kubepods")
    kubelet = KUBELET.exists()
    engine = engines.Engine("containerd", tempfile.mkdtemp(prefix="bulkhead-cri-"))
    folder = engine.folder
    client = None
    try:
        prepare(folder)
        engine.client = ["ctr", "-a", folder / "containerd.sock", "-n", NAMESPACE]
        engine.daemon("containerd", "--config", folder / "config.toml")
        engines.wait_until((folder / "containerd.sock").exists, what="containerd's socket")
        engine.call("images", "import", image(folder))
        client = Client(folder / "containerd.sock")
        yield Node(engine, client)
    finally:
        close(engine, client)
        engines.remove_groups(engines.parents("kubepods") - before)
        if not kubelet:
            shutil.rmtree(KUBELET, ignore_errors=True)


def close(engine, client):
    if client is not None:
        for identifier in engine.call("containers", "ls", "-q").split():
            with contextlib.suppress(client.error):
                client.call("StopPodSandbox", "One", {"id": identifier})
            with contextlib.suppress(client.error):
                client.call("RemovePodSandbox", "One", {"id": identifier})
        client.close()
    for daemon in engine.daemons:
        daemon.terminate()
        daemon.wait(timeout=30)
    engines.unmount_below(engine.folder)
    shutil.rmtree(engine.folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.rmdir(f"/run/containerd/runc/{NAMESPACE}")
