"""Reads a source tree: files by room, their includes, and what the CMakeLists.txt say."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from picture import PROGRAMS

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CALL = re.compile(r"^\s*(bulkhead_room|target_link_libraries)\s*\(([^)]*)\)", re.M | re.S)


@dataclass
class Include:
    line: int
    quoted: bool
    path: str


@dataclass
class Source:
    path: str  # from the root, with "/"
    room: str | None
    lines: int
    includes: list[Include] = field(default_factory=list)


def room_of(path):
    """The first two folders of a path below core, app or ui; None for a file outside every room."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else None


def read_sources(root):
    sources = []
    for top in ("core", "app", "ui"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".cpp", ".h") and file.is_file():
                path = file.relative_to(root).as_posix()
                text = file.read_text(encoding="utf-8", errors="replace")
                sources.append(Source(path, room_of(path), len(text.splitlines()), read_includes(text)))
    return sources


def read_includes(text):
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            found.append(Include(number, match[1] == '"', match[2]))
    return found


def read_cmake(path):
    """A CMakeLists.txt without its comments."""
    return re.sub(r"#.*", "", path.read_text(encoding="utf-8"))


def room_of_target(name):
    """core_model -> core/model, bulkhead-probe -> app/probe; None for a target that is no room of ours."""
    if name in PROGRAMS:
        return PROGRAMS[name]
    match = re.fullmatch(r"(core|ui|app)_([a-z_]+)", name)
    return f"{match[1]}/{match[2]}" if match else None


def read_links(root):
    """{room: rooms it links}, from bulkhead_room(... LINKS ... PRIVATE_LINKS ...) and target_link_libraries."""
    links = {}
    for file in sorted(file for top in ("core", "app", "ui") for file in (root / top).rglob("CMakeLists.txt")):
        for verb, body in CALL.findall(read_cmake(file)):
            words = body.split()
            if not words:
                continue
            room = words[0] if verb == "bulkhead_room" else room_of_target(words[0])
            if room is None:
                continue
            taken, linking = links.setdefault(room, set()), verb == "target_link_libraries"
            for word in words[1:]:
                if word in ("LINKS", "PRIVATE_LINKS", "PUBLIC", "PRIVATE", "INTERFACE"):
                    linking = True
                elif word.isupper():
                    linking = False
                elif linking and room_of_target(word):
                    taken.add(room_of_target(word))
    return links


def is_named(root, path):
    """Whether some CMakeLists.txt above a source names it, relative to its own folder."""
    for folder in (root / path).parents:
        lists = folder / "CMakeLists.txt"
        if lists.is_file():
            wanted = (root / path).relative_to(folder).as_posix()
            if wanted in re.split(r"[\s()\"]+", read_cmake(lists)):
                return True
        if folder == root:
            return False
    return False
