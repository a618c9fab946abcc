// SPDX-License-Identifier: MIT
// Which part of the tape is seen, what is known of it, and what is marked.

import { computed, effect, signal, untracked } from "@preact/signals";
import { getTape, getTitles, type TapeData, type Title } from "../api";
import { position, station, state } from "../player";
import { factsOf, known, onHappening, serverNow } from "../store";
import { T } from "../texts";

export const kShortest = 10;
export const kLongest = 14 * 86400;
const kTitlesUpTo = 36 * 3600; // of a longer time they would be too many
const kEdge = 0.94; // where the present is, if the view keeps up with it

export interface Mark {
  from: number;
  to: number;
}

export const from = signal(0); // Unix s at the left edge
export const span = signal(3600);
export const following = signal(true); // the view moves with what is heard, or with the present
export const tape = signal<TapeData | null>(null);
export const overview = signal<TapeData | null>(null);
export const titles = signal<Title[]>([]);
export const mark = signal<Mark | null>(null);
export const markFrom = signal<number | null>(null); // begun, but not ended
export const hover = signal<number | null>(null);
export const scrub = signal<number | null>(null); // where the head is being dragged to

export const to = computed(() => from.value + span.value);
/// The view now and then, for what need not be drawn anew with each frame.
export const glance = signal({ from: 0, to: 0, now: 0 });

export const zone = computed(() => factsOf(station.value)?.timezone ?? "UTC");

/// There is little to see in the future.
const clampFrom = (t: number, length: number) => Math.min(t, serverNow() - length * kEdge);

export function show(t: number, length = span.value, at = 0.5) {
  const wanted = Math.min(kLongest, Math.max(kShortest, length));
  span.value = wanted;
  from.value = clampFrom(t - wanted * at, wanted);
}

export function showNow() {
  show(serverNow(), span.value, kEdge);
  following.value = true;
}

/// Keeps `anchor` where it is.
export function zoom(factor: number, anchor?: number) {
  const pivot =
    anchor ?? (position.value !== null && position.value >= from.value && position.value <= to.value
      ? position.value
      : following.value ? serverNow() : from.value + span.value / 2);
  const at = (pivot - from.value) / span.value;
  show(pivot, span.value * factor, at);
}

export function pan(seconds: number) {
  following.value = false;
  from.value = clampFrom(from.value + seconds, span.value);
}

/// With each frame: the tape runs, if it is being followed.
export function run() {
  if (!following.value) return;
  const heard = state.value === "playing" || state.value === "loading" ? position.value : null;
  const now = serverNow();
  if (heard === null) {
    if (state.value !== "paused") from.value = now - span.value * kEdge;
    return;
  }
  const at = (heard - from.value) / span.value;
  // Running towards the right edge it stops at two thirds, and the tape moves from then on.
  if (at > 0.66 || at < 0.02) {
    const wanted = heard - span.value * (at < 0.02 ? 0.5 : 0.66);
    const latest = now - span.value * kEdge;
    from.value = Math.min(wanted, Math.max(latest, from.value));
  }
}

let asked = { station: "", from: 0, to: 0, span: 0 };
let running: AbortController | null = null;
let wantedAt = 0;
let stale = true;

const covers = () =>
  !stale &&
  asked.station === station.value &&
  asked.from <= from.value &&
  asked.to >= Math.min(to.value, serverNow() - 2 * refreshEvery()) &&
  asked.span > span.value * 0.45 &&
  asked.span < span.value * 2.2;

/// So old may the newest part be: a fraction of what can be seen.
const refreshEvery = () => Math.min(60, Math.max(2, span.value / 300));

async function load() {
  running?.abort();
  const control = (running = new AbortController());
  const callsign = station.value;
  const length = span.value;
  const begin = from.value - length / 2;
  const end = Math.min(to.value + length / 2, serverNow() + 1);
  asked = { station: callsign, from: begin, to: end, span: length };
  stale = false;
  if (end <= begin) return;
  try {
    const step = length / 900;
    const got = await getTape(callsign, begin, end, step, control.signal);
    if (station.value !== callsign) return;
    tape.value = got;
    if (length <= kTitlesUpTo) {
      const heard = await getTitles(callsign, begin - 600, end + 1, control.signal);
      if (station.value === callsign) titles.value = heard;
    } else {
      titles.value = [];
    }
  } catch (error) {
    if ((error as Error).name !== "AbortError") asked = { station: "", from: 0, to: 0, span: 0 };
  }
}

async function loadOverview() {
  const callsign = station.value;
  if (!callsign) return;
  try {
    const now = serverNow();
    const got = await getTape(callsign, now - kLongest, now, kLongest / 1000);
    if (station.value === callsign) overview.value = got;
  } catch {
    // It is asked for again in a minute.
  }
}

/// Called often: asks the server for what is missing, not while the view is still moving fast.
export function refresh() {
  if (!known.value || !station.value || document.hidden) return;
  if (covers()) {
    wantedAt = 0;
    return;
  }
  const now = performance.now();
  if (wantedAt === 0) wantedAt = now;
  if (now - wantedAt < 90) return;
  wantedAt = now;
  void load();
}

function look() {
  const now = serverNow();
  const moved = Math.abs(from.value - glance.value.from) + Math.abs(to.value - glance.value.to);
  if (moved > span.value / 100 || Math.floor(now) !== Math.floor(glance.value.now))
    glance.value = { from: from.value, to: to.value, now };
}

let overviewAt = -Infinity;
setInterval(() => {
  refresh();
  look();
  if (performance.now() - overviewAt > 60_000 && station.value && known.value) {
    overviewAt = performance.now();
    void loadOverview();
  }
}, 100);

effect(() => {
  if (!station.value) return;
  untracked(() => {
    tape.value = null;
    overview.value = null;
    titles.value = [];
    mark.value = null;
    markFrom.value = null;
    scrub.value = null;
    overviewAt = -Infinity;
    stale = true;
  });
});

onHappening((event, callsign) => {
  if (callsign !== station.value) return;
  if (event !== "silence") stale = true;
});

/// What the tape has at that time.
export function whatIs(t: number): string {
  const data = tape.value;
  if (t > serverNow()) return "";
  const gap = data?.gaps.find((each) => each.from <= t && t < each.to);
  if (gap) return gap.cause ? `${T.tape.missing}: ${T.cause(gap.cause)}` : T.tape.missing;
  const title = titles.value.filter((each) => each.at <= t).at(-1);
  return title && (title.end === null || t < title.end + 1) ? title.title : T.tape.recorded;
}

/// The beginning of the next sound, if there is none at `t`.
export function toSound(t: number): number {
  const gap = tape.value?.gaps.find((each) => each.from <= t && t < each.to);
  return gap && gap.holes === 1 ? Math.ceil(gap.to) : t;
}
