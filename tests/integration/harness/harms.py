# SPDX-License-Identifier: MIT
"""What a chaos run does to the processes, the lines and the clock of an instance. Each harm says
what it did, or None where it cannot be survived just now."""

import signal
import time

from harness.wait import wait_for

CYCLE = 2  # seconds, the configuration's cycle_time
HANG = 2 * CYCLE + 0.5  # after which a stopped worker has been replaced
HANG_LEEWAY = 3  # on a busy machine
BURST_LEFT = 4  # seconds without a supervisor for which a burst makes up, beside other harm


class Harms:
    def __init__(self, world):
        self._world = world
        self._chance = world.chance
        self._broken = False
        self._stopped = []  # (process, when, how often a supervisor had been harmed before)
        self._interference = 0
        self.replaced = []  # seconds

    # What can be survived

    def _supervisor_is_back_within(self, seconds):
        world, now = self._world, time.monotonic()
        back = max(world.returns or 0, world.frozen_until)
        return back <= now + seconds

    def _may_interrupt(self):
        return self._world.all_are_recorded() and self._supervisor_is_back_within(BURST_LEFT)

    def _some(self, role):
        those = self._world.those(role)
        return self._chance.choice(those) if those else None

    # Killing

    def kill_downloader(self):
        return self._kill("downloader") if self._may_interrupt() else None

    def kill_webapi(self):
        return self._kill("webapi")

    def kill_pruner(self):
        return self._kill("pruner")

    def kill_loudness(self):
        return self._kill("loudness")

    def _kill(self, role):
        process = self._some(role)
        if not process:
            return None
        self._world.kill(process)
        return f"{process.name} {process.pid}"

    def kill_supervisor(self):
        if self._broken or not self._may_interrupt() or self._world.returns is not None:
            return None
        said = self._kill("supervisor")
        if said:
            self._interference += 1
            back = self._world.returns - time.monotonic()
            said += f", back in {max(0, back):.1f} s"
            if self._chance.random() < 0.3:
                self._world.later(max(0, back) + self._chance.uniform(0.1, 3), self._kill_again)
        return said

    def _kill_again(self):
        if self._world.returns is None and not self._broken:
            said = self._kill("supervisor")
            if said:
                self._world.returns = time.monotonic()  # no longer absence in all
                self._world.say(f"    and again: {said}")

    # Stopping

    def stop_downloader(self):
        return self._stop("downloader") if self._may_interrupt() else None

    def stop_webapi(self):
        return self._stop("webapi")

    def stop_pruner(self):
        return self._stop("pruner")

    def stop_loudness(self):
        return self._stop("loudness")

    def _stop(self, role):
        process = self._some(role)
        if not process:
            return None
        world = self._world
        undisturbed = (not world.returns and not world.frozen_until
                       and len(world.those("supervisor")) == 1
                       and len([each for each in world.population
                                if each.name == process.name]) == 1)
        world.hurt(process, signal.SIGSTOP)
        now = time.monotonic()
        if self._chance.random() < 0.5:
            seconds = self._chance.uniform(0.5, 3 * CYCLE)
            world.later(seconds, lambda: process.send(signal.SIGCONT))
            return f"{process.name} {process.pid} for {seconds:.1f} s"
        if undisturbed:
            self._stopped.append((process, now, self._interference))
        return f"{process.name} {process.pid} for good"

    def look(self):
        """Often: how long it takes until a stopped worker has been replaced."""
        for each in list(self._stopped):
            process, since, interference = each
            took = time.monotonic() - since
            if interference != self._interference:
                self._stopped.remove(each)
            elif not process.is_alive():
                self._stopped.remove(each)
                self.replaced.append(took)
                self._world.say(f"    {process.name} {process.pid} was replaced after {took:.2f} s")
                if took > HANG + HANG_LEEWAY:
                    self._world.fail(f"{process.name} was replaced after {took:.2f} s only")
            elif took > 60:
                self._stopped.remove(each)
                self._world.fail(f"{process.name} {process.pid} hangs and is not replaced")

    def stop_supervisor(self):
        world = self._world
        if world.frozen_until or world.returns is not None or not self._may_interrupt():
            return None
        process = self._some("supervisor")
        if not process:
            return None
        self._interference += 1
        seconds = self._chance.uniform(0.5, 6)
        world.frozen_until = time.monotonic() + seconds
        process.send(signal.SIGSTOP)

        def go_on():
            process.send(signal.SIGCONT)
            world.frozen_until = 0

        world.later(seconds, go_on)
        return f"{process.pid} for {seconds:.1f} s"

    # Orders

    def _order(self, number):
        process = self._world.supervisor()
        if not process:
            return None
        process.send(number)
        return f"{process.pid}"

    def reload(self):
        return self._order(signal.SIGHUP)

    def reload_changed(self):
        if self._broken:
            return None
        settings = self._world.instance.settings
        stations = settings["stations"]
        what = self._chance.choice(("extra", "disk_archive", "segment_time"))
        if what == "extra" and stations.pop(what, None):
            what = "a station less"
        elif what == "extra":
            stations["extra"] = dict(next(iter(stations.values())))
            what = "a station more"
        else:
            now = settings.get(what)
            settings[what] = self._chance.choice(
                [each for each in ("40s", "45s", "50s") if each != now]
                if what == "segment_time" else [each for each in ("1d", "2d") if each != now])
            what += f": {settings[what]}"
        self._world.configure()
        told = self._order(signal.SIGHUP)
        return f"{told}, {what}"

    def reload_broken(self):
        """For as long as nobody who starts has to read it."""
        world = self._world
        alone = len(world.those("supervisor")) == 1 and world.returns is None
        if self._broken or not alone or world.frozen_until:
            return None
        self._broken = True
        world.write("stations: [")

        def mend():
            world.configure()
            self._broken = False

        world.later(1.5, mend)
        return self._order(signal.SIGHUP)

    def restart(self):
        if self._broken:
            return None
        told = self._order(signal.SIGUSR2)
        if not told:
            return None
        self._interference += 1
        then = self._chance.choice(("", "", "again", "kill the new one", "kill the old one",
                                    "kill a worker", "again, and kill a worker"))
        if not then:
            return told
        seconds = self._chance.choice((self._chance.uniform(0, 0.5), self._chance.uniform(0.5, 4)))
        self._world.later(seconds, lambda: self._follow_up(then))
        return f"{told}, and in {seconds:.2f} s {then}"

    def _follow_up(self, what):
        world = self._world
        world.look()
        supervisors = world.those("supervisor")
        said = []
        if "again" in what:
            said.append(self._order(signal.SIGUSR2))
        if "one" in what and supervisors and world.returns is None and not self._broken:
            process = supervisors[-1 if "new" in what else 0]
            world.kill(process)
            said.append(f"killed supervisor {process.pid} of {len(supervisors)}")
        if "worker" in what and self._may_interrupt():
            said.append(self._kill(self._chance.choice(("downloader", "downloader", "webapi",
                                                        "pruner", "loudness"))))
        world.say(f"    {what}: {said}")

    # Clock and line

    def step_clock(self):
        clock = self._world.clock
        if clock.offset:
            return None
        offset = self._chance.choice((-1, 1)) * self._chance.choice(
            (self._chance.uniform(0.5, 5), self._chance.uniform(5, 90)))
        seconds = self._chance.uniform(1, 20)
        clock.step(offset)
        self._world.later(seconds, lambda: clock.step(0))
        return f"{offset:+.1f} s, and back in {seconds:.1f} s"

    def cut(self):
        return f"{self._world.relay.cut()} connections" if self._may_interrupt() else None

    def stall(self):
        if not self._may_interrupt():
            return None
        self._world.relay.stall()
        return "all connections"

    def refuse(self):
        if not self._may_interrupt():
            return None
        seconds = self._chance.uniform(0.3, 3)
        self._world.relay.refuse()
        self._world.later(seconds, self._world.relay.accept)
        return f"connections for {seconds:.1f} s"


DECK = {  # so many of each in a row, shuffled
    "kill downloader": 4, "kill webapi": 2, "kill pruner": 1, "kill loudness": 1,
    "kill supervisor": 3,
    "stop downloader": 2, "stop webapi": 1, "stop pruner": 1, "stop loudness": 1,
    "stop supervisor": 2,
    "reload": 1, "reload changed": 3, "reload broken": 1, "restart": 5,
    "step clock": 2, "cut": 2, "stall": 1, "refuse": 1,
}


def do_harm(world, harms, seconds, pause, without):
    """One after the other, until that many seconds have passed and the last one has its end."""
    end = time.monotonic() + seconds
    done = {}
    deck = []
    due = time.monotonic()

    def advance():
        nonlocal deck, due
        world.tick()
        harms.look()
        if time.monotonic() < due or time.monotonic() > end:
            return time.monotonic() > end and world.is_idle()
        if not deck:
            deck = [name for name, count in DECK.items() if name not in without
                    for _ in range(count)]
            world.chance.shuffle(deck)
        # What cannot be survived just now waits for its turn.
        for name in dict.fromkeys(reversed(deck)):
            said = getattr(harms, name.replace(" ", "_"))()
            if said:
                deck.reverse()
                deck.remove(name)
                deck.reverse()
                done[name] = done.get(name, 0) + 1
                world.say(f"{name} {said}")
                break
        due = time.monotonic() + world.chance.uniform(0.2, 2 * pause)
        return False

    wait_for(advance, seconds + 120, "the end of all harm")
    return done
