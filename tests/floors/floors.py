#!/usr/bin/env python3
"""Holds the source tree against the picture of the rooms (picture.py). One line per violation; exit 1 if any."""

import sys
from pathlib import Path

from definitions import find_twins
from picture import (DOORS, FLOORS, GROUND, IMPURE_HEADERS, LIBRARIES, MAX_LINES, NEVER, ONLY, PURE_ROOMS, QT_ROOMS,
                     SYSTEM_FOLDERS)
from tree import is_named, read_links, read_sources, room_of


def may_reach(room, other):
    """Whether a room may include, and so link, another."""
    if room == other:
        return True
    if any(other.startswith(barred) for barred in NEVER.get(room, ())):
        return False
    if room in ONLY:
        return other in ONLY[room]
    return FLOORS[other] < FLOORS[room] or other in DOORS.get(room, ())


def check_own_include(root, source, path):
    if path.endswith(".moc"):
        return None
    if not (root / path).is_file() and not (root / f"{path}.in").is_file():
        return f'"{path}" is no file of the tree; includes go by the path from the root'
    other = room_of(path)
    if other not in FLOORS:
        return f'"{path}" belongs to no room'
    if not may_reach(source.room, other):
        return f"{source.room} may not include {other}"
    return None


def check_library(source, path):
    """Third-party headers: only in .cpp files of the rooms that the picture names."""
    for start, rooms in LIBRARIES.items():
        if path.startswith(start):
            if source.path.endswith(".h"):
                return f"<{path}> in a header; third-party headers stay in .cpp files"
            return None if source.room in rooms else f"<{path}> is not for {source.room}"
    if "/" in path and not path.startswith(SYSTEM_FOLDERS):
        return f"<{path}> is of a library that the picture does not know"
    return None


def check_system_include(source, path):
    if path.startswith("Q"):
        return None if source.room in QT_ROOMS else f"<{path}>: {source.room} has no Qt"
    if source.room in PURE_ROOMS and path in IMPURE_HEADERS:
        return f"<{path}>: {source.room} is pure: no file, no process, no clock"
    return check_library(source, path)


def check_source(root, source):
    problems = []
    if source.room not in FLOORS:
        return [f"{source.path}: stands in no room of the picture"]
    if source.lines > MAX_LINES:
        problems.append(f"{source.path}: {source.lines} lines, at most {MAX_LINES}")
    if source.path.endswith(".cpp") and not is_named(root, source.path):
        problems.append(f"{source.path}: no CMakeLists.txt names it")
    for include in source.includes:
        check = check_own_include(root, source, include.path) if include.quoted else \
            check_system_include(source, include.path)
        if check:
            problems.append(f"{source.path}:{include.line}: {check}")
    return problems


def reachable(links, room):
    """Rooms linked by a room, through any number of others."""
    found, todo = set(), [room]
    while todo:
        for other in links.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def check_links(sources, links):
    """The link lines are the picture: none goes up, each include has one, each stands for an include (the ground
    floor's vocabulary excepted: rooms pass it on)."""
    problems = []
    included = {}
    for source in sources:
        rooms = {room_of(include.path) for include in source.includes if include.quoted}
        included.setdefault(source.room, set()).update(rooms & FLOORS.keys() - {source.room})
    for room, linked in sorted(links.items()):
        for other in sorted(linked):
            if room not in FLOORS or other not in FLOORS:
                problems.append(f"{room} links {other}: no room of the picture")
            elif not may_reach(room, other):
                problems.append(f"{room} may not link {other}")
            elif room in included and other not in included[room] and other != GROUND:
                problems.append(f"{room} links {other} and includes nothing of it")
        for other in sorted(included.get(room, set()) - reachable(links, room)):
            problems.append(f"{room} includes {other} and does not link it")
    for room in sorted(included.keys() & FLOORS.keys() - links.keys()):
        if included[room]:
            problems.append(f"{room} includes {', '.join(sorted(included[room]))} and links nothing")
    return problems


def check_tree(root):
    sources = read_sources(root)
    problems = [problem for source in sources for problem in check_source(root, source)]
    texts = {source.path: (root / source.path).read_text(encoding="utf-8", errors="replace") for source in sources}
    return problems + find_twins(texts) + check_links(sources, read_links(root))


def main(arguments):
    root = Path(arguments[1] if len(arguments) > 1 else Path(__file__).parents[2]).resolve()
    problems = check_tree(root)
    for problem in problems:
        print(problem)
    print(f"floors: {len(read_sources(root))} files, {len(problems)} violations")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
