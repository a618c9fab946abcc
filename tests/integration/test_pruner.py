# SPDX-License-Identifier: MIT
"""Retention."""

from harness.wait import wait_for


def test_old_segments_vanish_while_recording_goes_on(radio, aircheck):
    instance = aircheck(
        {"clock": {"stream": radio.url("mp3"), "segment_time": "2s", "disk_archive": "6s"},
         "kept": {"stream": radio.url("aac"), "segment_time": "2s"}},
        prune_every="2s").start()
    instance.wait_recording("clock", "kept")
    removed = instance.tap("segment.clock")
    wait_for(lambda: len(instance.files("clock")) >= 2, 20)
    first = instance.files("clock")[0]
    _, event = removed.until(lambda _, message: message["event"] == "removed", 30)
    assert event["file"] == str(first.relative_to(instance.storage))
    wait_for(lambda: not first.exists(), 5)
    assert instance.rows("SELECT count(*) FROM segment WHERE path = ?", event["file"]) == [(0,)]

    wait_for(lambda: len(instance.files("kept")) >= 8, 30)
    assert len(instance.files("clock")) <= 7
    assert min(instance.segments("kept")[0][2:3]) < instance.segments("clock")[0][2]
    # What the catalog names is there, and the other way round.
    instance.stop()
    on_disk = {str(path.relative_to(instance.storage)) for path in instance.files("clock")}
    assert on_disk == {row[0] for row in instance.segments("clock")}
