# SPDX-License-Identifier: MIT
"""Small disks for storage folders."""

import subprocess

import pytest


class SmallDisk:
    def __init__(self, folder, size):
        self._folder = folder
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                              capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"only root can mount a small disk: {done.stderr.strip()}")

    def grow(self, size):
        self.remount(f"size={size}")

    def remount(self, option):
        subprocess.run(["mount", "-o", f"remount,{option}", self._folder], check=True)

    def close(self):
        subprocess.run(["umount", "--lazy", self._folder], check=True)
