# SPDX-License-Identifier: MIT
"""A wall clock that can be set wrong, for the programs under test only."""

import mmap
import os
import struct

from harness.aircheck import BUILD

MODULE = BUILD / "tests" / "stepped_clock.so"


class SteppedClock:
    def __init__(self, file):
        assert MODULE.exists(), f"there is no {MODULE}: build with -Dtests=true"
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        os.ftruncate(self._descriptor, mmap.PAGESIZE)
        self._map = mmap.mmap(self._descriptor, mmap.PAGESIZE)
        self.variables = {"LD_PRELOAD": str(MODULE), "STEPPED_CLOCK": str(file)}
        self.offset = 0.0

    def step(self, offset):
        """From now on it is so many seconds ahead of this machine's."""
        self.offset = offset
        self._map[:8] = struct.pack("=q", round(offset * 1e9))

    def close(self):
        self._map.close()
        os.close(self._descriptor)
