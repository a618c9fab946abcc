# SPDX-License-Identifier: MIT
"""What a chaos run happens to: an instance, its line to the stations, its clock and its audience;
and somebody who starts a supervisor that has been killed again, as a service manager does."""

import contextlib
import heapq
import itertools
import json
import os
import signal
import time

from harness.population import processes_of

FRESH = 1.6  # seconds: sound is written once a second
RETRY = 0.3  # seconds in which a service manager tries again
GAP = 3  # seconds in which nobody has to run: an older supervisor may just be handing over
LATE = 60  # seconds in which one of two supervisors follows the other that has been killed


class World:
    def __init__(self, instance, relay, clock, audience, chance):
        self.instance = instance
        self.relay = relay
        self.clock = clock
        self.audience = audience
        self.chance = chance
        self.failures = []  # (monotonic time, what)
        self.began = time.monotonic()
        self.population = processes_of(instance)
        self.returns = None  # when the killed supervisor is to be started again
        self.frozen_until = 0  # the supervisor is stopped
        self._killed = 0  # when the last supervisor was
        self._due = []
        self._number = itertools.count()
        self._sizes = {}
        self._alone_since = None
        self._looked = 0

    # Time

    def say(self, text):
        line = f"{time.monotonic() - self.began:8.2f} s: {text}"
        print(line, flush=True)
        with open(self.instance.log, "a") as log:  # beside what the programs say
            log.write(f"=== {line}\n")

    def later(self, seconds, action):
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._number), action))

    def tick(self):
        while self._due and self._due[0][0] <= time.monotonic():
            heapq.heappop(self._due)[2]()
        self.audience.look()
        if time.monotonic() >= self._looked + 0.1:
            self._looked = time.monotonic()
            self.look()

    def is_idle(self):
        return not self._due and self.returns is None

    # Processes

    def look(self):
        self.population = processes_of(self.instance)
        self._look_at_files()
        self._keep()

    def those(self, role):
        return [each for each in self.population if each.role == role and each.is_alive()]

    def supervisor(self):
        """Who is told what to do: by its PID file, as an operator would. None for a moment."""
        for name in ("supervisor.pid", "supervisor.pid.old"):
            with contextlib.suppress(OSError, ValueError):
                pid = int((self.instance.storage / "run" / name).read_text())
                for each in self.those("supervisor"):
                    if each.pid == pid:
                        return each
        return None

    def hurt(self, process, number):
        self.audience.expect_harm_to(process, self.population)
        process.send(number)

    def kill(self, process):
        self.hurt(process, signal.SIGKILL)
        if process.role != "supervisor":
            return
        self._killed = time.monotonic()
        if self.returns is None:
            self.returns = time.monotonic() + self.chance.choice((0, self.chance.uniform(0.5, 8)))

    def _keep(self):
        """Not before the time that it was meant to stay away."""
        process = self.instance.process
        now = time.monotonic()
        if self.returns is None:
            self._look_if_alone(now)
        elif now >= self.returns:
            if process.poll() is None:
                if now >= self.returns + RETRY:  # it has not ended since
                    self.returns = None
            elif self.returns_in_vain():
                self.returns = None
            else:
                self.instance.spawn(variables=self.clock.variables)
                self.returns = now + RETRY

    def returns_in_vain(self):
        """Another one goes on, and will for long: the service is there."""
        holder = self.supervisor()
        return holder is not None and self.those("supervisor") == [holder] and self.frozen_until == 0

    def _look_if_alone(self, now):
        if self.those("supervisor"):
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now - self._alone_since > (0 if now - self._killed < LATE else GAP):
            if now - self._killed > LATE:
                self.fail("no supervisor runs, and nobody has killed one")
            self.returns = now

    def fail(self, text):
        self.say(f"FAILURE: {text}")
        self.failures.append((time.monotonic(), text))

    # Sound

    def _look_at_files(self):
        sizes = {}
        for path in self.instance.parts():
            with contextlib.suppress(OSError):
                size = path.stat().st_size
                before, at = self._sizes.get(path, (0, 0))
                sizes[path] = (size, time.monotonic() if size > before else at)
        self._sizes = sizes

    def all_are_recorded(self):
        """Somebody writes down each station at this moment."""
        now = time.monotonic()
        fresh = {path.parts[-3] for path, (_, at) in self._sizes.items() if now - at < FRESH}
        return fresh.issuperset(self.instance.settings["stations"])

    # Configuration

    def configure(self):
        self.write(json.dumps(self.instance.settings, indent=1))

    def write(self, text):
        """At once: who starts meanwhile reads the one or the other."""
        fresh = self.instance.config.with_suffix(".fresh")
        fresh.write_text(text)
        os.rename(fresh, self.instance.config)
