"""The picture of the rooms: what stands on which floor, and the few doors between rooms of one floor."""

# A room may include every room of a lower floor, itself, and what DOORS lists.
FLOORS = {
    "core/base": 0, "core/model": 0, "core/os": 0, "core/wire": 0,
    "core/kernel": 1, "core/seccomp": 1, "core/claims": 1, "core/image": 1, "core/engines": 1, "core/twin": 1,
    "core/catalog": 1,
    "core/compare": 2, "core/threat": 2, "core/policy": 2, "core/diagram": 2, "core/report": 2,
    "core/session": 3, "core/lab": 3, "core/watch": 3,
    "ui/models": 4, "ui/canvas": 4, "ui/charts": 4, "ui/jobs": 4, "ui/paint": 4,
    "ui/pages": 5, "ui/dialogs": 5, "ui/main_window": 5,
    "app/cli": 6, "app/workbench": 6, "app/probe": 6, "app/helper": 6,
}

DOORS = {
    # Floor 0: base is below model, model below os and wire; model never sees the machine.
    "core/model": {"core/base"},
    "core/os": {"core/base", "core/model"},
    "core/wire": {"core/base", "core/model"},
    # Floor 1: every source may read filters; engines ask the kernel and the claims, the twin the kernel.
    "core/kernel": {"core/seccomp"},
    "core/claims": {"core/seccomp"},
    "core/image": {"core/seccomp"},
    "core/catalog": {"core/seccomp"},
    "core/engines": {"core/seccomp", "core/kernel", "core/claims"},
    "core/twin": {"core/seccomp", "core/kernel"},
    # Floor 2: judgement builds on changes; a report is written from all of it.
    "core/threat": {"core/compare"},
    "core/policy": {"core/compare", "core/threat"},
    "core/diagram": {"core/compare"},
    "core/report": {"core/compare", "core/threat", "core/policy", "core/diagram"},
    # Floor 3: a scenario and a watch are made of the session's verbs.
    "core/lab": {"core/session"},
    "core/watch": {"core/session"},
    # Floor 4: canvas items delegate to the one painter.
    "ui/canvas": {"ui/paint"},
    # Floor 5: the window holds the pages, both open dialogs.
    "ui/pages": {"ui/dialogs"},
    "ui/main_window": {"ui/pages", "ui/dialogs"},
}

# Rooms that may include less than their floor would let them.
ONLY = {
    "app/probe": {"core/base", "core/model", "core/os", "core/wire"},
    "app/helper": {"core/base", "core/model", "core/os", "core/wire", "core/kernel", "core/seccomp", "core/twin"},
}
NEVER = {
    "app/cli": {"ui/"},
    # Judgement is pure: no file, no process, no clock.
    "core/compare": {"core/os"}, "core/threat": {"core/os"}, "core/policy": {"core/os"},
    "core/diagram": {"core/os"}, "core/report": {"core/os"},
}
PURE_ROOMS = {"core/base", "core/model", "core/compare", "core/threat", "core/policy", "core/diagram", "core/report"}
IMPURE_HEADERS = {"fstream", "filesystem", "chrono", "ctime", "thread", "unistd.h", "fcntl.h", "time.h", "spawn.h"}

# Third-party headers, by how their name begins, and the rooms whose .cpp files may have them.
EVERYWHERE = set(FLOORS)
LIBRARIES = {
    "fmt/": EVERYWHERE,
    "spdlog/": {room for room in FLOORS if room.startswith(("ui/", "app/"))},
    "nlohmann/": {"core/wire", "core/claims", "core/engines", "core/image", "core/report", "core/session", "core/lab",
                  "core/watch", "core/seccomp"},
    "yaml-cpp/": {"core/claims", "core/catalog"},
    "CLI/": {"app/cli", "app/workbench"},
    "curl/": {"core/engines"},
    "archive.h": {"core/image"},
    "archive_entry.h": {"core/image"},
    "seccomp.h": {"core/kernel", "core/seccomp"},
    "sys/capability.h": {"core/kernel", "core/seccomp", "core/os", "core/engines", "core/lab", "core/twin",
                         "app/helper", "app/probe"},
}
SYSTEM_FOLDERS = ("sys/", "linux/", "asm/", "asm-generic/", "net/", "netinet/", "arpa/")
QT_ROOMS = {room for room in FLOORS if room.startswith("ui/")} | {"app/workbench"}

GROUND = "core/base"
MAX_LINES = 400
PROGRAMS = {"bulkhead": "app/cli", "bulkhead-workbench": "app/workbench", "bulkhead-probe": "app/probe",
            "bulkhead-helper": "app/helper"}
