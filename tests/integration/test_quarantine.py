# SPDX-License-Identifier: MIT
"""A station whose bytes bring the process down that reads them. Ours do not, so a hash function that
is preloaded does: it aborts at the sight of certain bytes."""

import signal
import subprocess
import threading

import pytest
from harness.aircheck import BUILD
from harness.paced import PacedServer, made_frames
from harness.wait import wait_for

HASH = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
static const unsigned char poison[] = {%s};
uint64_t XXH3_64bits(const void* data, size_t size) {
    static uint64_t (*next)(const void*, size_t);
    if (!next) *(void**)&next = dlsym(RTLD_NEXT, "XXH3_64bits");
    if (memmem(data, size, poison, sizeof poison)) abort();
    return next(data, size);
}
"""


def is_sanitized():
    symbols = subprocess.run(["nm", "-D", BUILD / "downloader" / "aircheck-downloader"],
                             capture_output=True, text=True, check=True).stdout
    return "__asan_init" in symbols or "__tsan_init" in symbols


class PoisonedServer(PacedServer):
    """`poisoned` is set while its broadcast is deadly."""

    def __init__(self, folder):
        self._frames = made_frames(folder / "programme.mp3", 30, 11)
        self._poison = made_frames(folder / "poison.mp3", 2, 12)[40]
        self.poisoned = threading.Event()
        super().__init__(self._frame_for)

    def _frame_for(self, _, number):
        deadly = self.poisoned.is_set() and number % 10 == 0
        return self._poison if deadly else self._frames[number % len(self._frames)]

    @property
    def signature(self):
        return self._poison[100:132]


@pytest.fixture
def server(tmp_path):
    made = PoisonedServer(tmp_path)
    yield made
    made.close()


@pytest.mark.skipif(is_sanitized(), reason="sanitizers want to be the first that is preloaded")
def test_a_station_that_brings_its_process_down_is_kept_apart(radio, aircheck, server, tmp_path):
    source, library = tmp_path / "hash.c", tmp_path / "hash.so"
    source.write_text(HASH % ", ".join(map(str, server.signature)))
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    instance = aircheck({"clock": {"stream": radio.url("mp3")},
                         "poison": {"stream": server.url}}, cascade_time="off")
    instance.spawn(variables={"LD_PRELOAD": str(library)})
    instance.wait_ready()
    instance.wait_recording("clock", "poison")
    workers = instance.tap("worker.")
    server.poisoned.set()

    _, died = workers.until(lambda _, m: m["event"] == "died", 20)
    assert died["name"] == "downloader-0" and died["signal"] == signal.SIGABRT
    assert died["suspect"] == "poison"
    assert died["last_words"], "what it logged last"
    workers.until(lambda _, m: m["name"] == "quarantine-poison" and m["event"] == "died", 20)
    assert "poison: its bytes have brought a downloader down" in instance.tail(200)

    instance.live_on("downloader-0", 5)
    assert instance.heartbeat("clock")["state"] == "recording"
    server.poisoned.clear()
    workers.until(lambda _, m: m["name"] == "quarantine-poison" and m["event"] == "ready", 60)
    wait_for(lambda: instance.heartbeat("poison")["state"] == "recording", 60,
             "it is recorded again")
    beat = instance.tap("heartbeat.quarantine-poison").until(lambda *_: True, 10)[1]
    assert [part["station"] for part in beat["stations"]] == ["poison"]
    instance.stop()
