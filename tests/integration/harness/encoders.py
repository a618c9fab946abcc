# SPDX-License-Identifier: MIT
"""What real encoders send to a real Icecast, and what an uninterrupted listener heard of it."""

import dataclasses
import subprocess

import radio_station
from harness.frames import split
from harness.radio import Reference, wait_on_air

MP3 = ["-f", "mp3", "-write_xing", "0", "-id3v2_version", "0"]
MP3_128 = ["-ar", "44100", "-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k", *MP3]
CONTENT_TYPE = {"mp3": "audio/mpeg", "aac": "audio/aac"}  # the rest is Ogg


@dataclasses.dataclass(frozen=True)
class Source:
    """A mount: arguments of ffmpeg for its input and its output."""
    codec: str
    input: list
    output: list
    turn: int = 0  # of sound that is sent over and over: its frames


def noise(rate=44100):
    """Sound that never repeats."""
    return ["-f", "lavfi", "-i", f"anoisesrc=color=pink:amplitude=0.2:sample_rate={rate}"]


CBR = Source("mp3", noise(), MP3_128)
VBR = Source(  # it swells, so that no two seconds are of the same size
    "mp3", [*noise(), "-af", "volume='0.02+mod(t,7)/7':eval=frame"],
    ["-ac", "2", "-c:a", "libmp3lame", "-q:a", "4", *MP3])
AAC = Source("aac", noise(), ["-ac", "2", "-c:a", "aac", "-b:a", "64k", "-f", "adts"])
OGG = {
    codec: Source(codec, noise(48000), ["-ac", "2", *encoder, "-f", "ogg"])
    for codec, encoder in (("opus", ["-c:a", "libopus", "-b:a", "64k"]),
                           ("ogg", ["-c:a", "libvorbis", "-q:a", "2"]),
                           ("oga", ["-c:a", "flac", "-sample_fmt", "s16"]))
}
SILENCE = Source(  # digital, but for a beep every 13 seconds
    "mp3", ["-f", "lavfi", "-i", "aevalsrc='if(lt(mod(t,13),0.2),0.3*sin(6000*t),0)'"], MP3_128)


def noise_file(file, seconds, seed):
    """An MP3 of sound that does not repeat within itself."""
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-t", str(seconds), "-i",
                    f"anoisesrc=color=pink:amplitude=0.2:seed={seed}", *MP3_128, file], check=True)
    return file


def over_and_over(file):
    """The file again and again, byte for byte."""
    turn = len(split(file.read_bytes(), "mp3"))
    return Source("mp3", ["-stream_loop", "-1", "-i", file], ["-c", "copy", *MP3], turn)


class EncodedRadio:
    """icecast2 with a mount for each of the named sources, and a reference of each."""

    def __init__(self, sources, folder, **icecast):
        self.sources = sources
        self.icecast = radio_station.Icecast(radio_station.free_port(), **icecast)
        self.icecast.start()
        self.port = self.icecast.port
        self._encoders = [self._encode(name, source) for name, source in sources.items()]
        wait_on_air(self.icecast, *(
            radio_station.Mount(self.port, f"/{name}", source.codec, 0)
            for name, source in sources.items()))
        self.references = {
            name: Reference(self.url(name), source.codec, folder / f"{name}.reference")
            for name, source in sources.items()}

    def _encode(self, name, source):
        target = f"icecast://source:{radio_station.PASSWORD}@127.0.0.1:{self.port}/{name}"
        return radio_station.start(
            ["ffmpeg", "-v", "error", "-re", *source.input, *source.output,
             "-content_type", CONTENT_TYPE.get(source.codec, "audio/ogg"), target])

    def url(self, name):
        return f"http://127.0.0.1:{self.port}/{name}"

    def broadcast(self, name):
        """All frames or packets up to now."""
        return self.references[name].frames()

    def close(self):
        for reference in self.references.values():
            reference.close()
        for encoder in self._encoders:
            radio_station.stop(encoder)
        self.icecast.close()
