#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""embed.py OUTPUT [INDEX]: writes a C++ source with the files of the built page in it, those in the
folder of its index and in assets/, as they are and packed by gzip; without an index, the page is left
out."""

import gzip
import hashlib
import pathlib
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}

HEAD = """// SPDX-License-Identifier: MIT
#include "webapi/page/page.h"

namespace aircheck::webapi {

namespace {
"""


def array(name, data):
    lines = [",".join(map(str, data[at : at + 40])) for at in range(0, len(data), 40)]
    return f"constexpr unsigned char {name}[] = {{\n" + ",\n".join(lines) + "};\n"


def view(name, data):
    return f"{{reinterpret_cast<const char*>({name}), {len(data)}}}" if data else "{}"


def embed(paths):
    arrays, entries = [], []
    for number, path in enumerate(sorted(paths, key=lambda path: path.name)):
        plain = path.read_bytes()
        packed = gzip.compress(plain, 9, mtime=0)
        if len(packed) > 0.9 * len(plain):
            packed = b""
        etag = hashlib.sha256(plain).hexdigest()[:16]
        arrays.append(array(f"kPlain{number}", plain))
        if packed:
            arrays.append(array(f"kPacked{number}", packed))
        entries.append(
            f'    {{"{path.name}", "{TYPES[path.suffix]}", "\\"{etag}\\"",\n'
            f"     {view(f'kPlain{number}', plain)},\n     {view(f'kPacked{number}', packed)}}},\n")
    return arrays, entries


def main():
    paths = []
    for index in map(pathlib.Path, sys.argv[2:]):
        paths = [index, *(index.parent / "assets").iterdir()]
    arrays, entries = embed(paths)
    text = HEAD + "\n" + "\n".join(arrays) + "\n}  // namespace\n\n"
    if entries:
        text += "std::span<const PageFile> PageFiles() {\n    static const PageFile files[] = {\n"
        text += "".join(entries) + "    };\n    return files;\n}\n"
    else:
        text += "std::span<const PageFile> PageFiles() {\n    return {};\n}\n"
    pathlib.Path(sys.argv[1]).write_text(text + "\n}  // namespace aircheck::webapi\n")


if __name__ == "__main__":
    main()
