# SPDX-License-Identifier: MIT
"""Checks that the rooms of the house keep to themselves.

house.py ROOT prints one line for each breach of the rules and exits 1 if there are any:
which folder may include which, own header first, the licence line, and no folder that was
not agreed on.
"""

import pathlib
import re
import sys

PROGRAMS = ("supervisor", "downloader", "webapi", "pruner", "loudness")
MAY_INCLUDE = {
    "proto": {"proto"},
    "common": {"common", "proto"},
    **{program: {"common", "proto", program} for program in PROGRAMS},
}
TOP = {*MAY_INCLUDE, "tests", "deploy"}
TESTS = {"unit", "integration", "fuzz", "bench", "lint"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
LICENCE = "SPDX-License-Identifier: MIT"
SOURCES = {".h", ".cc", ".py", ".sh"}


def folders(root):
    """The folders in `root` that belong to the project, by name."""
    for entry in sorted(root.iterdir()):
        left_out = entry.name.startswith((".", "build")) or entry.name == "__pycache__"
        if entry.is_dir() and not left_out:
            yield entry


def check_includes(root, path):
    folder = path.relative_to(root).parts[0]
    name = path.relative_to(root)
    includes = INCLUDE.findall(path.read_text(encoding="utf-8"))
    for mark, target in includes:
        room = target.split("/")[0]
        if room in MAY_INCLUDE and "/" in target:
            if room not in MAY_INCLUDE[folder]:
                yield f"{name}: {folder} must not include {target}"
        elif mark == '"':
            yield f"{name}: {target} is not a full path from the top"
    own = path.with_suffix(".h")
    if path.suffix == ".cc" and own.exists():
        first = includes[0][1] if includes else "nothing"
        if first != str(own.relative_to(root)):
            yield f"{name}: the first include is {first}, not its own header"


def check_layout(root):
    for folder in folders(root):
        if folder.name not in TOP:
            yield f"{folder.name}: not a folder of the agreed layout"
    for folder in folders(root / "tests"):
        if folder.name not in TESTS:
            yield f"tests/{folder.name}: not a folder of the agreed layout"
    built = (root / "common" / "meson.build").read_text(encoding="utf-8")
    for folder in folders(root / "common"):
        if f"subdir('{folder.name}')" not in built:
            yield f"common/{folder.name}: not in common/meson.build"


def check_file(root, path):
    with path.open(encoding="utf-8") as file:
        head = [file.readline() for _ in range(3)]
    if not any(LICENCE in line for line in head):
        yield f"{path.relative_to(root)}: no licence line"
    if path.suffix in (".h", ".cc") and path.relative_to(root).parts[0] in MAY_INCLUDE:
        yield from check_includes(root, path)


def check(root):
    """Every breach in the tree at `root`, as lines."""
    yield from check_layout(root)
    for folder in folders(root):
        for path in sorted(folder.rglob("*")):
            if path.suffix in SOURCES and path.is_file():
                yield from check_file(root, path)


def main():
    breaches = list(check(pathlib.Path(sys.argv[1])))
    print("\n".join(breaches) or "the house is in order")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
