#!/usr/bin/env python3
"""Plants one violation at a time in a small, correct tree: each must be found, with its file and line."""

import tempfile
import unittest
from pathlib import Path

from floors import check_tree
from picture import DOORS, FLOORS

TREE = {
    "core/base/CMakeLists.txt": "bulkhead_room(core/base\n  SOURCES error.cpp)\n",
    "core/base/error.h": "#include <string>\n",
    "core/base/error.cpp": '#include "core/base/error.h"\n#include <cerrno>\n',
    "core/model/CMakeLists.txt": "bulkhead_room(core/model SOURCES mount.cpp LINKS core_base)\n",
    "core/model/mount.h": '#include "core/base/error.h"\n',
    "core/model/mount.cpp": '#include "core/model/mount.h"\n#include <fmt/format.h>\n',
    "core/os/CMakeLists.txt": "bulkhead_room(core/os SOURCES file.cpp LINKS core_base)\n",
    "core/os/file.h": '#include "core/base/error.h"\n#include <sys/stat.h>\n',
    "core/os/file.cpp": '#include "core/os/file.h"\n#include <unistd.h>\n',
    "core/wire/CMakeLists.txt": "bulkhead_room(core/wire SOURCES json.cpp LINKS core_model\n"
                                "  PRIVATE_LINKS nlohmann_json::nlohmann_json) # core_os is not for us\n",
    "core/wire/json.cpp": '#include "core/model/mount.h"\n#include <nlohmann/json.hpp>\n',
    "core/compare/CMakeLists.txt": "bulkhead_room(core/compare SOURCES compare.cpp LINKS core_model)\n",
    "core/compare/compare.h": '#include "core/model/mount.h"\n',
    "core/compare/compare.cpp": '#include "core/compare/compare.h"\n',
    "core/report/CMakeLists.txt": "bulkhead_room(core/report SOURCES report.cpp LINKS core_compare)\n",
    "core/report/report.cpp": '#include "core/compare/compare.h"\n#include "core/base/error.h"\n',
    "ui/CMakeLists.txt": "bulkhead_room(ui/paint\n  SOURCES painter.cpp\n  LINKS core_compare)\n"
                         "target_sources(ui_paint PRIVATE paint/painter.cpp)\n",
    "ui/paint/painter.cpp": '#include "core/compare/compare.h"\n#include <QPainter>\n#include "painter.moc"\n',
    "app/CMakeLists.txt": "add_executable(bulkhead-probe probe/main.cpp)\n"
                          "target_link_libraries(bulkhead-probe PRIVATE core_wire core_model)\n",
    "app/probe/main.cpp": '#include "core/model/mount.h"\n',
}


class Floors(unittest.TestCase):
    def problems(self, files):
        """The problems of the tree above with some files added or replaced."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for path, text in {**TREE, **files}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            return check_tree(root)

    def finds(self, files, *expected):
        self.assertEqual(self.problems(files), list(expected))

    def with_line(self, path, line):
        return {path: TREE[path] + line + "\n"}

    clean_app = {"app/CMakeLists.txt": TREE["app/CMakeLists.txt"].replace("core_wire ", "")}

    def test_a_link_without_an_include_is_found(self):
        self.finds({}, "app/probe links core/wire and includes nothing of it")

    def test_the_tree_itself_is_correct(self):
        self.finds(self.clean_app)

    def plant(self, path, line, *expected):
        self.finds({**self.clean_app, **self.with_line(path, line)}, *expected)

    def test_an_include_upwards(self):
        self.plant("core/os/file.cpp", '#include "core/report/missing.h"',
                   'core/os/file.cpp:3: "core/report/missing.h" is no file of the tree; '
                   "includes go by the path from the root",
                   "core/os includes core/report and does not link it")
        self.plant("core/base/error.h", '  #  include "core/compare/compare.h"',
                   "core/base/error.h:2: core/base may not include core/compare",
                   "core/base includes core/compare and does not link it")

    def test_an_include_sideways(self):
        self.plant("core/model/mount.h", '#include "core/os/file.h"',
                   "core/model/mount.h:2: core/model may not include core/os",
                   "core/model includes core/os and does not link it")

    def test_an_include_by_the_bare_name(self):
        self.plant("core/os/file.cpp", '#include "file.h"',
                   'core/os/file.cpp:3: "file.h" is no file of the tree; includes go by the path from the root')

    def test_the_judges_touch_no_machine(self):
        self.plant("core/compare/compare.cpp", "#include <fstream>",
                   "core/compare/compare.cpp:2: <fstream>: core/compare is pure: no file, no process, no clock")
        self.plant("core/report/report.cpp", '#include "core/os/file.h"',
                   "core/report/report.cpp:3: core/report may not include core/os",
                   "core/report includes core/os and does not link it")

    def test_the_probe_stays_on_the_ground(self):
        self.plant("app/probe/main.cpp", '#include "core/compare/compare.h"',
                   "app/probe/main.cpp:2: app/probe may not include core/compare",
                   "app/probe includes core/compare and does not link it")

    def test_qt_below_the_window(self):
        self.plant("core/os/file.cpp", "#include <QString>", "core/os/file.cpp:3: <QString>: core/os has no Qt")
        self.plant("app/probe/main.cpp", "#include <QtCore/QString>",
                   "app/probe/main.cpp:2: <QtCore/QString>: app/probe has no Qt")

    def test_a_library_in_a_header(self):
        self.plant("core/model/mount.h", "#include <fmt/format.h>",
                   "core/model/mount.h:2: <fmt/format.h> in a header; third-party headers stay in .cpp files")

    def test_a_library_in_another_room(self):
        self.plant("core/model/mount.cpp", "#include <nlohmann/json.hpp>",
                   "core/model/mount.cpp:3: <nlohmann/json.hpp> is not for core/model")
        self.plant("core/report/report.cpp", "#include <sys/capability.h>",
                   "core/report/report.cpp:3: <sys/capability.h> is not for core/report")
        self.plant("core/os/file.cpp", "#include <boost/any.hpp>",
                   "core/os/file.cpp:3: <boost/any.hpp> is of a library that the picture does not know")

    def test_a_source_that_nothing_builds(self):
        self.finds({**self.clean_app, "core/os/fd.cpp": "int x;\n"}, "core/os/fd.cpp: no CMakeLists.txt names it")
        self.finds({**self.clean_app, "core/os/fd.cpp": "int x;\n",
                    "core/os/CMakeLists.txt": TREE["core/os/CMakeLists.txt"] + "# fd.cpp\n"},
                   "core/os/fd.cpp: no CMakeLists.txt names it")

    def test_a_file_outside_every_room(self):
        self.finds({**self.clean_app, "core/loose.h": "\n"}, "core/loose.h: stands in no room of the picture")
        self.finds({**self.clean_app, "core/utils/x.h": "\n"}, "core/utils/x.h: stands in no room of the picture")

    def test_a_file_too_long(self):
        self.finds({**self.clean_app, "core/os/fd.h": "\n" * 400})
        self.finds({**self.clean_app, "core/os/fd.h": "\n" * 401}, "core/os/fd.h: 401 lines, at most 400")

    def test_a_link_upwards(self):
        links = {"core/os/CMakeLists.txt": "bulkhead_room(core/os SOURCES file.cpp LINKS core_base core_compare)\n"}
        self.finds({**self.clean_app, **links}, "core/os may not link core/compare")

    def test_an_include_without_a_link(self):
        links = {"core/report/CMakeLists.txt": "bulkhead_room(core/report SOURCES report.cpp)\n"}
        self.finds({**self.clean_app, **links}, "core/report includes core/base and does not link it",
                   "core/report includes core/compare and does not link it")

    def test_two_types_of_one_name(self):
        two = {"core/model/mount.h": TREE["core/model/mount.h"] + "namespace b { struct Place { int x; }; }\n",
               "core/os/file.h": TREE["core/os/file.h"] + "namespace b {\n\nclass Place : Base {\n};\n}\n"}
        self.finds({**self.clean_app, **two},
                   "core/os/file.h:5: b::Place is defined in core/model/mount.h:2 too")
        own = {"core/os/file.h": "namespace b { namespace { struct Place {}; } struct Outer { struct Place {}; };\n"
                                 "// struct Place {\nstruct Place; struct Outer::Inner {}; void f() { struct Place {}; } }\n",
               "core/model/mount.h": two["core/model/mount.h"]}
        self.finds({**self.clean_app, **own})


class Picture(unittest.TestCase):
    def test_doors_join_rooms_of_one_floor(self):
        for room, others in DOORS.items():
            for other in others:
                self.assertEqual(FLOORS[room], FLOORS[other], f"{room} -> {other}")

    def test_doors_make_no_circle(self):
        def walk(room, trail):
            self.assertNotIn(room, trail)
            for other in DOORS.get(room, ()):
                walk(other, trail + [room])
        for room in DOORS:
            walk(room, [])


if __name__ == "__main__":
    unittest.main()
