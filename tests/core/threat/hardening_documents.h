#pragma once

#include <array>
#include <string_view>

// Documents that ask for too much, one in each format: nearly every change is offered for them.

namespace bulkhead::threat::test {

/// A document, and the name of the container that is looked at.
struct OpenDocument {
    std::string_view name;
    std::string_view file;
    std::string_view subject;
    std::string_view text;
};

inline constexpr std::string_view kOci = R"({
  "ociVersion": "1.0.2",
  "hostname": "kept",
  "root": {"path": "rootfs", "readonly": false},
  "process": {
    "terminal": false,
    "user": {"uid": 0, "gid": 0, "additionalGids": [999]},
    "args": ["sleep", "1000"], "cwd": "/",
    "capabilities": {
      "bounding": ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_CHOWN"],
      "effective": ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_CHOWN"],
      "permitted": ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_CHOWN"]
    }
  },
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "rw"]},
    {"destination": "/host", "type": "bind", "source": "/srv", "options": ["rbind", "rw", "rshared"]},
    {"destination": "/run/docker.sock", "type": "bind", "source": "/run/docker.sock", "options": ["bind"]}
  ],
  "linux": {
    "namespaces": [{"type": "mount"}, {"type": "uts"}],
    "devices": [
      {"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438, "uid": 0, "gid": 0},
      {"path": "/dev/kvm", "type": "c", "major": 10, "minor": 232, "fileMode": 432, "uid": 0, "gid": 0}
    ],
    "resources": {"devices": [{"allow": true, "access": "rwm"}]}
  }
})";

inline constexpr std::string_view kCompose = R"(# a comment
services:
  db: {image: "postgres:16"}
  web:
    image: "nginx:1.25"
    privileged: false
    ports: ["8080:80"]
    user: "0"
    cap_add: [SYS_ADMIN, net_admin]
    group_add: ["999"]
    pid: host
    ipc: host
    uts: host
    network_mode: host
    cgroup: host
    security_opt: ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"]
    device_cgroup_rules: ["b *:* rwm"]
    devices: ["/dev/fuse", "/dev/kvm:/dev/kvm:rwm"]
    volumes:
      - /srv:/host:rshared
      - {type: bind, source: /run/docker.sock, target: /run/docker.sock}
    environment:
      KEPT: "0644"
)";

inline constexpr std::string_view kKubernetes = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: kept}
data: {mode: "0644", text: "a: b\n"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      hostPID: true
      hostIPC: true
      hostNetwork: true
      securityContext: {supplementalGroups: [999]}
      volumes:
        - {name: srv, hostPath: {path: /srv}}
        - {name: sock, hostPath: {path: /run/docker.sock}}
      containers:
        - name: app
          image: nginx
          securityContext:
            runAsUser: 0
            procMount: Unmasked
            capabilities: {add: [SYS_ADMIN, CAP_NET_ADMIN]}
          volumeMounts:
            - {name: srv, mountPath: /host, mountPropagation: Bidirectional}
            - {name: sock, mountPath: /run/docker.sock}
        - name: side
          image: busybox
)";

inline constexpr std::string_view kDocker =
    "docker run -d --name web --user 0 --cap-add SYS_ADMIN --cap-add=net_admin,SYS_PTRACE --group-add 999 "
    "--pid=host --ipc host --uts host --network host --cgroupns host --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined --device /dev/fuse --device "
    "/dev/kvm:/dev/kvm --device-cgroup-rule 'b *:* rwm' -v /srv:/host:rshared --mount "
    "type=bind,source=/run/docker.sock,target=/run/docker.sock -e 'KEPT=a b' nginx sh -c 'echo "
    "--privileged'\n";

inline constexpr std::string_view kPodman =
    "podman run --user 0 --cap-add SYS_ADMIN --cap-add NET_ADMIN --pid host --net host --security-opt "
    "seccomp=unconfined --security-opt unmask=ALL -v /srv:/host nginx\n";

inline constexpr std::string_view kPrivileged =
    "docker run --privileged --user 0 --cap-add SYS_ADMIN --security-opt seccomp=unconfined nginx\n";

/// Of which nothing is shared with the host but its users.
inline constexpr std::string_view kPod = R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  volumes: [{name: srv, hostPath: {path: /srv}}]
  containers:
    - name: app
      image: nginx
      securityContext: {runAsUser: 0, capabilities: {add: [SYS_ADMIN, SYS_MODULE]}}
      volumeMounts: [{name: srv, mountPath: /host}]
)";

inline constexpr std::string_view kWritableCgroups =
    "docker run --user 0 --security-opt writable-cgroups=true --security-opt no-new-privileges nginx\n";

/// Written as few people do, and as engines take it.
inline constexpr std::string_view kOddDocker =
    "docker run --user 0 --cap-add ALL --cap-drop net_raw -v=/srv:/host/ --mount "
    "type=bind,src=/etc,dst=/conf/ --device=/dev/fuse:/dev/other:r --pid container:x nginx\n";

inline constexpr std::string_view kOddCompose = R"(services:
  web:
    image: nginx
    user: root
    cap_add: [ALL]
    security_opt: ["seccomp:unconfined", "writable-cgroups=true"]
    devices: [{source: /dev/fuse, target: /dev/other, permissions: r}]
    volumes: ["/srv:/host/", {type: bind, source: /etc, target: /conf/}]
    network_mode: "container:x"
)";

inline constexpr std::string_view kOddPod = R"(apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec:
  jobTemplate:
    spec:
      template:
        metadata:
          annotations: {container.apparmor.security.beta.kubernetes.io/app: unconfined}
        spec:
          securityContext: {fsGroup: 6, seccompProfile: {type: Unconfined}}
          volumes: [{name: srv, hostPath: {path: /srv}}]
          containers:
            - name: app
              image: nginx
              securityContext: {runAsUser: 0, capabilities: {add: [ALL]}}
              volumeMounts: [{name: srv, mountPath: /host/}]
)";

/// Whose user only the image names.
inline constexpr std::string_view kUserOfImage =
    "docker run --cap-add SYS_ADMIN --cap-add SYS_TIME -v /run/docker.sock:/run/docker.sock nginx\n";

inline constexpr auto kOpenDocuments = std::to_array<OpenDocument>({
    {"oci", "config.json", "", kOci},
    {"compose", "compose.yaml", "web", kCompose},
    {"kubernetes", "pod.yaml", "deployment/web/app", kKubernetes},
    {"docker", "line", "", kDocker},
    {"podman", "line", "", kPodman},
    {"privileged", "line", "", kPrivileged},
    {"user_of_image", "line", "", kUserOfImage},
    {"pod", "pod.yaml", "pod/p/app", kPod},
    {"writable_cgroups", "line", "", kWritableCgroups},
    {"odd_docker", "line", "", kOddDocker},
    {"odd_compose", "compose.yaml", "web", kOddCompose},
    {"odd_pod", "pod.yaml", "cronjob/c/app", kOddPod},
});

} // namespace bulkhead::threat::test
