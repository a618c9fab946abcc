// SPDX-License-Identifier: MIT
// What is going on, as the server tells: one stream of events feeds it all.

import { batch, signal, type Signal } from "@preact/signals";
import { address } from "./api";
import { T } from "./texts";

export interface Gap {
  start: number;
  end: number;
  cause: string;
}

export interface Station {
  station: string;
  name: string;
  timezone: string;
  state: string;
  cause: string;
  since: number | null; // when it last changed its state
  back?: number; // when it was last recorded again, as far as this page has seen
  last: number | null;
  bitrate: number;
  silent: number | null; // since when, while it is
  title: string;
  title_time?: number;
  extension?: string;
  day: { percent: number; missing: number; holes: number } | null;
  first: number | null;
  hole: Gap | null;
}

export interface Worker {
  name: string;
  role: string;
  pid: number;
  generation: number;
  uptime: number;
  bytes: number;
  memory: number;
  connections: number;
  hits: number;
  event?: string;
  restarts?: number;
  heard: number; // when it beat last, by the server's clock
}

export interface Machine {
  machine: string;
  event: string;
  heard: number | null;
}

export interface Restart {
  event: string;
  generation: number;
  version: string;
  reason: string;
  time: number;
  elapsed: number;
  stations: number;
  exact: number;
  lost: number;
  doubled: number;
}

export interface Disk {
  used: number;
  free: number;
  total: number;
  min_free: number;
  rate: number;
  at_most: number;
  full_in: number | null;
}

interface Now {
  time: number;
  version: string;
  uptime: number | null;
  next_prune: number | null;
  restart: Restart | null;
  stations: Station[];
  workers: Worker[];
  machines: Machine[];
  disk: Disk;
}

interface Beat extends Worker {
  time: number;
  stations?: Record<string, { state: string; bytes: number; last: number }>;
}

export interface Happening {
  time: number;
  text: string;
  bad: boolean;
}

export interface StationSignals {
  facts: Signal<Station>;
  rates: Signal<number[]>; // bytes a second, of the last minute
}

const kRates = 60;
const kHappenings = 100;
const kTakeover = 120; // s that it may take

export const connected = signal(false);
export const known = signal(false); // the first "now" has come
export const order = signal<string[]>([]);
export const workers = signal<Record<string, Worker>>({});
export const machines = signal<Machine[]>([]);
export const disk = signal<Disk | null>(null);
export const about = signal<{ version: string; uptime: number; at: number } | null>(null);
export const nextPrune = signal<number | null>(null); // Unix s
export const restart = signal<Restart | null>(null);
export const happenings = signal<Happening[]>([]);
export const stations = new Map<string, StationSignals>();

let ahead = 0; // s that the server's clock is ahead of ours
/// By the server's clock.
export const serverNow = () => Date.now() / 1000 + ahead;

export const factsOf = (callsign: string) => stations.get(callsign)?.facts.value;

const listeners = new Set<(event: string, station: string) => void>();
/// Calls back for each station, title, segment or splice event.
export const onHappening = (callback: (event: string, station: string) => void) => {
  listeners.add(callback);
  return () => listeners.delete(callback);
};

function note(time: number, text: string, bad = false) {
  happenings.value = [{ time, text, bad }, ...happenings.value].slice(0, kHappenings);
}

/// While one generation takes over from another, that one goes on recording.
function steady(before: string, told: string): string {
  const r = restart.value;
  const passing = r !== null && !["done", "failed"].includes(r.event) && serverNow() - r.time < kTakeover;
  return passing && before === "recording" ? before : told;
}

/// The same with what has just been told. A server that was started a moment ago does not know all.
function renewed(before: Station, told: Station): Station {
  const { day, first, hole } = told.first === null ? before : told;
  return { ...told, day, first, hole, back: before.back, state: steady(before.state, told.state) };
}

function hearNow(now: Now) {
  // Who has just taken over may not have heard of it yet.
  restart.value = now.restart ?? restart.value;
  // The smallest delay that was seen says best what their clock reads.
  const offset = now.time - Date.now() / 1000;
  ahead = known.value ? Math.max(ahead, offset) : offset;
  if (Math.abs(ahead - offset) > 5) ahead = offset;
  for (const facts of now.stations) {
    const there = stations.get(facts.station);
    if (there) there.facts.value = renewed(there.facts.peek(), facts);
    else stations.set(facts.station, { facts: signal(facts), rates: signal([]) });
  }
  const callsigns = now.stations.map((each) => each.station);
  if (callsigns.join() !== order.value.join()) order.value = callsigns;
  workers.value = Object.fromEntries(
    now.workers.map((each) => [each.name, { ...each, heard: now.time }]),
  );
  machines.value = now.machines;
  disk.value = now.disk;
  about.value = { version: now.version, uptime: now.uptime ?? 0, at: now.time };
  nextPrune.value = now.next_prune === null ? null : now.time + now.next_prune;
  known.value = true;
}

function hearBeat(beat: Beat) {
  const before = workers.value[beat.name];
  const { stations: news, time, ...worker } = beat;
  workers.value = { ...workers.value, [beat.name]: { ...before, ...worker, heard: time } };
  for (const [callsign, each] of Object.entries(news ?? {})) {
    const station = stations.get(callsign);
    if (!station) continue;
    station.rates.value = [...station.rates.value.slice(1 - kRates), each.bytes];
    const state = steady(station.facts.value.state, each.state);
    if (station.facts.value.state !== state) change(callsign, turned(station.facts.peek(), state, time));
    if (each.last > 0) station.facts.peek().last = each.last;
  }
}

/// What is new of a station that has another state now.
const turned = (before: Station, state: string, time: number): Partial<Station> =>
  before.state === state ? {} : { state, since: time, ...(state === "recording" ? { back: time } : {}) };

function change(callsign: string, facts: Partial<Station>) {
  const station = stations.get(callsign);
  if (station) station.facts.value = { ...station.facts.value, ...facts };
}

function hear(event: string, data: Record<string, unknown>) {
  const callsign = String(data.station ?? "");
  const time = Number(data.time ?? serverNow());
  const name = stations.get(callsign)?.facts.peek().name ?? callsign;
  if (event === "station") {
    const before = stations.get(callsign)?.facts.peek();
    const state = steady(before?.state ?? "", String(data.state));
    const facts: Partial<Station> = {
      ...(before && turned(before, state, time)), cause: String(data.cause ?? ""),
    };
    if (Number(data.bitrate) > 0) facts.bitrate = Number(data.bitrate);
    change(callsign, facts);
    note(
      time,
      T.happened.station(name, T.state[state] ?? state, state === "recording" ? "" : String(data.cause ?? "")),
      state !== "recording",
    );
  } else if (event === "silence") {
    const silent = Boolean(data.silent);
    const before = stations.get(callsign)?.facts.peek().silent ?? null;
    change(callsign, { silent: silent ? Number(data.since) : null });
    if (silent !== (before !== null))
      note(time, silent ? T.happened.silent(name) : T.happened.heard(name), silent);
  } else if (event === "title") {
    change(callsign, { title: String(data.title ?? ""), title_time: time });
  } else if (event === "worker") {
    const worker = String(data.name);
    const bad = ["died", "hung", "failed"].includes(String(data.event));
    note(time, T.happened.worker(worker, String(data.event)), bad);
    const there = workers.value[worker];
    if (there) {
      const known = { event: String(data.event), restarts: Number(data.restarts ?? 0) };
      workers.value = { ...workers.value, [worker]: { ...there, ...known } };
    }
  } else if (event === "splice") {
    note(time, T.happened.splice(name, Boolean(data.exact)), !data.exact);
  } else if (event === "machine") {
    const machine = data as unknown as Machine;
    const others = machines.value.filter((each) => each.machine !== machine.machine);
    machines.value = machine.event === "forgotten" ? others : [...others, machine];
    note(time, T.happened.machine(machine.machine, machine.event), machine.event === "silent");
  } else if (event === "restart") {
    restart.value = data as unknown as Restart;
    const word = String(data.event);
    note(time, T.happened.restart(T.operator.steps[word] ?? word), word === "failed");
  }
  if (callsign) for (const listener of listeners) listener(event, callsign);
}

let current: EventSource | null = null;

/// Begins to listen, for as long as the page is seen: browsers keep pages that one has left, with
/// their lines to the server, and have six lines to one server in all.
export function watch() {
  current?.close();
  const source = new EventSource(address("events"));
  const on = (event: string, use: (data: never) => void) =>
    source.addEventListener(event, (message) => {
      const data = JSON.parse((message as MessageEvent<string>).data) as never;
      batch(() => use(data));
    });
  current = source;
  source.onopen = () => (connected.value = true);
  source.onerror = () => {
    connected.value = false;
    // A browser tries again by itself, but not after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => current === source && watch(), 3000);
  };
  on("now", hearNow);
  on("beat", hearBeat);
  for (const event of ["station", "title", "silence", "segment", "splice", "worker", "restart", "machine"])
    on(event, (data: Record<string, unknown>) => hear(event, data));
}

window.addEventListener("pagehide", () => {
  current?.close();
  current = null;
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) watch();
});
