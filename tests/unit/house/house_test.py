# SPDX-License-Identifier: MIT
"""house.py finds each kind of breach in a small made-up tree, and none in a clean one."""

import pathlib
import tempfile
import unittest

import house

LICENCE = "// SPDX-License-Identifier: MIT\n"


class HouseTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in (*house.TOP, *(f"tests/{part}" for part in house.TESTS)):
            (self.root / name).mkdir(exist_ok=True)
        self.write("common/meson.build", "subdir('util')\n")
        self.write("common/util/x.h", LICENCE + '#include <string>\n')
        self.write("common/util/x.cc", LICENCE + '#include "common/util/x.h"\n#include <new>\n')
        self.write("proto/m.cc", LICENCE + '#include "proto/m.h"\n')
        self.write("webapi/main.cc",
                   LICENCE + '#include "common/util/x.h"\n#include "webapi/y.h"\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def breaches(self):
        return list(house.check(self.root))

    def finds(self, *words):
        found = self.breaches()
        self.assertEqual(1, len(found), found)
        for word in words:
            self.assertIn(word, found[0])

    def test_clean_tree(self):
        self.write("build-x/common/x.cc", "")
        self.assertEqual([], self.breaches())

    def test_common_includes_a_program(self):
        self.write("common/util/y.h", LICENCE + '#include "pruner/y.h"\n')
        self.finds("common/util/y.h", "pruner/y.h")

    def test_angles_do_not_hide_an_include(self):
        self.write("common/util/y.h", LICENCE + "  #  include <pruner/y.h>\n")
        self.finds("common/util/y.h", "pruner/y.h")

    def test_program_includes_another(self):
        for program in house.PROGRAMS:
            for other in set(house.PROGRAMS) - {program}:
                self.write(f"{program}/z.cc", LICENCE + f'#include "{other}/z.h"\n')
                self.finds(f"{program}/z.cc", f"{other}/z.h")
            (self.root / program / "z.cc").unlink()

    def test_proto_includes_common(self):
        self.write("proto/n.cc", LICENCE + '#include "common/util/x.h"\n')
        self.finds("proto/n.cc", "common/util/x.h")

    def test_relative_include(self):
        self.write("webapi/z.cc", LICENCE + '#include "y.h"\n')
        self.finds("webapi/z.cc", "full path")

    def test_own_header_not_first(self):
        self.write("common/util/x.cc", LICENCE + '#include <new>\n#include "common/util/x.h"\n')
        self.finds("common/util/x.cc", "own header")

    def test_no_licence(self):
        self.write("tests/integration/a.py", "import os\n")
        self.finds("tests/integration/a.py", "licence")

    def test_folder_at_the_top(self):
        (self.root / "utils").mkdir()
        self.finds("utils")

    def test_folder_of_tests(self):
        (self.root / "tests" / "misc").mkdir()
        self.finds("tests/misc")

    def test_room_that_is_not_built(self):
        (self.root / "common" / "spare").mkdir()
        self.finds("common/spare")


if __name__ == "__main__":
    unittest.main()
