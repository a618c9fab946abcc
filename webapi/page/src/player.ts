// SPDX-License-Identifier: MIT
// Plays any moment of a station, and on from there. At normal speed it is live radio that begins in
// the past: one answer without an end, which outlives a restart of the server. At other speeds it
// is slice after slice. Each jump asks anew, so that it is exact to the frame.

import { computed, effect, signal } from "@preact/signals";
import { address, getTape, getTitles, slicePath, type TapeData, type Title } from "./api";
import { connected, factsOf, onHappening, serverNow } from "./store";
import { basic, dayText } from "./time";
import { T } from "./texts";

export type PlayState = "idle" | "loading" | "playing" | "paused";

const kSliceSeconds = 3600;
const kKeptPause = 8; // s after which the rest of what was sent may be gone
const kStalled = 12; // s without any progress
const kAhead = 1.5; // s that are too near to the present to have been recorded
const kPresent = 8; // s: who wants to be so near to it wants to be there
const kLiveWithin = 20; // s behind the present that count as live

const audio = new Audio();
audio.preload = "auto";
audio.hidden = true;
document.body.append(audio);

const stored = (key: string, otherwise: number) => {
  const value = Number(localStorage.getItem(key) ?? Number.NaN);
  return Number.isFinite(value) ? value : otherwise;
};

export const station = signal(""); // that the tape shows and the player plays
export const state = signal<PlayState>("idle");
export const position = signal<number | null>(null); // Unix s that is heard, or will be
export const volume = signal(stored("volume", 1));
export const muted = signal(false);
export const rate = signal(1);
export const trouble = signal("");
export const titles = signal<Title[]>([]); // around the position
export const isLive = signal(false);

/// The same in whole seconds, for what need not be drawn anew with each frame.
export const second = computed(() => (position.value === null ? null : Math.floor(position.value)));

export const titleNow = computed(() => {
  const t = second.value;
  if (t === null) return "";
  const last = titles.value.filter((each) => each.at <= t + 0.99).at(-1);
  return last && (last.end === null || t < last.end + 1) ? last.title : "";
});

let base = 0; // the time of the source's first sound
let gaps: TapeData["gaps"] = [];
let source = 0; // counts sources: what comes late of an older one is dropped
let sliceEnd = 0; // of a slice; 0 while it is live radio
let pausedAt = 0;
let failures = 0;
let progressed = 0; // when, by performance.now()
let lastTime = 0;
let loadedTitles = { station: "", from: 0, to: 0 };

/// The time on the air of the source's sound at `seconds`: what is missing takes no time in it.
function airTime(seconds: number): number {
  let t = base + seconds;
  for (const gap of gaps) {
    if (gap.to <= base) continue;
    if (gap.from >= t - 0.02) break;
    t += Math.min(gap.missing, gap.to - Math.max(gap.from, base));
  }
  return t;
}

async function learnGaps(callsign: string, from: number) {
  const mine = source;
  try {
    const tape = await getTape(callsign, from - 1, Math.min(from + kSliceSeconds, serverNow()), 1);
    if (mine === source) gaps = tape.gaps;
  } catch {
    // Without them the clock is off by what is missing.
  }
}

async function learnTitles(callsign: string, t: number) {
  const near = loadedTitles;
  if (near.station === callsign && t > near.from + 600 && t < near.to) return;
  loadedTitles = { station: callsign, from: t - 3600, to: t + 1800 };
  try {
    const found = await getTitles(callsign, loadedTitles.from, Math.min(t + 3600, serverNow() + 1));
    if (station.value === callsign) titles.value = found;
  } catch {
    loadedTitles = { station: "", from: 0, to: 0 };
  }
}

/// What the server says of when the sound begins, which is later than asked where some is missing.
async function startOf(url: string): Promise<number | null> {
  const answer = await fetch(url, { method: "HEAD" });
  if (answer.status === 404) throw new Error(T.player.nothing);
  const start = answer.headers.get("X-Start");
  return start ? Date.parse(start) / 1000 : null;
}

function begin(url: string, from: number, end: number) {
  base = from;
  sliceEnd = end;
  gaps = [];
  lastTime = 0;
  audio.src = url;
  audio.playbackRate = rate.value;
  audio.defaultPlaybackRate = rate.value;
  const mine = source;
  audio.play().catch((error: DOMException) => {
    if (mine !== source || error.name === "AbortError") return;
    if (error.name === "NotAllowedError") state.value = "paused";
    else retry(from);
  });
}

/// From that time on; "live": as near to the present as can be.
export async function play(callsign: string, asked: number | "live") {
  const mine = ++source;
  const when = asked !== "live" && serverNow() - asked < kPresent ? "live" : asked;
  station.value = callsign;
  state.value = "loading";
  progressed = performance.now();
  const extension = factsOf(callsign)?.extension || "mp3";
  const edge = serverNow() - kAhead;
  let from = when === "live" ? edge : Math.min(Math.floor(when), edge);
  position.value = from;
  isLive.value = when === "live" || serverNow() - from < kLiveWithin;
  try {
    if (when === "live" || isLive.value || rate.value === 1) {
      if (isLive.value) rate.value = 1;
      if (when === "live") {
        from = Math.floor((await startOf(address(`${callsign}/live`))) ?? from);
        if (mine !== source) return;
      }
      const url = address(`${callsign}/live/${basic(from)}`);
      begin(url, Math.floor(from), 0);
      const start = await startOf(url);
      if (mine !== source) return;
      // The first frame that begins at the second or after it is some milliseconds late.
      if (start !== null && start > base + 1) base = start;
    } else {
      const end = Math.min(from + kSliceSeconds, Math.floor(serverNow() - 5));
      begin(address(slicePath(callsign, from, end, extension)), from, end);
    }
  } catch (error) {
    if (mine !== source) return;
    if (!(error instanceof Error) || error.message !== T.player.nothing) return retry(from);
    // A station that has just begun to be recorded can be heard in a moment.
    if (when === "live") return retry(when, T.player.nothingYet);
    stop();
    trouble.value = T.player.nothing;
    return;
  }
  position.value = base;
  void learnGaps(callsign, base);
  void learnTitles(callsign, base);
}

/// A little later, from there, and later with each failure.
function retry(from: number | "live" | null, why: string = T.player.trouble) {
  const mine = source;
  failures += 1;
  if (failures > 2 && audio.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED) {
    stop();
    trouble.value = T.player.unplayable;
    return;
  }
  trouble.value = why;
  const wait = Math.min(8000, 250 * 2 ** failures);
  setTimeout(() => {
    if (mine === source && state.value !== "paused" && state.value !== "idle" && from !== null)
      void play(station.value, from);
  }, wait);
}

export function stop() {
  source += 1;
  audio.pause();
  audio.removeAttribute("src");
  state.value = "idle";
}

export function pause() {
  if (state.value === "idle") return;
  source += state.value === "loading" ? 1 : 0;
  pausedAt = performance.now();
  state.value = "paused";
  trouble.value = "";
  isLive.value = false;
  audio.pause();
}

export function resume() {
  if (position.value === null || !station.value) return;
  const kept = sliceEnd > 0 || performance.now() - pausedAt < kKeptPause * 1000;
  if (state.value === "paused" && kept && audio.src && audio.readyState > 1) {
    state.value = "playing";
    progressed = performance.now();
    void audio.play();
  } else {
    void play(station.value, position.value);
  }
}

export function toggle() {
  if (state.value === "playing" || state.value === "loading") pause();
  else if (position.value !== null) resume();
  else if (station.value) void play(station.value, "live");
}

/// Goes there; stays paused if it is.
export function seek(t: number) {
  const to = Math.min(t, serverNow() - kAhead);
  if (state.value === "paused") {
    position.value = to;
    source += 1;
    audio.removeAttribute("src");
    isLive.value = false;
    void learnTitles(station.value, to);
  } else {
    void play(station.value, to);
  }
}

export const nudge = (seconds: number) => {
  if (position.value !== null) seek(position.value + seconds);
};

export const toLive = () => {
  if (station.value) void play(station.value, "live");
};

export function setRate(value: number) {
  const before = rate.value;
  rate.value = value;
  if (sliceEnd > 0 && value !== 1) {
    audio.playbackRate = value;
  } else if (before !== value && state.value === "playing" && position.value !== null) {
    void play(station.value, position.value);
  }
}

/// The tape shows another station; what is playing goes on only if it is that one.
export function choose(callsign: string) {
  if (station.value === callsign) return;
  stop();
  station.value = callsign;
  position.value = null;
  trouble.value = "";
  titles.value = [];
  isLive.value = false;
}

audio.addEventListener("playing", () => {
  if (state.value === "loading") state.value = "playing";
  trouble.value = "";
  failures = 0;
});

audio.addEventListener("timeupdate", () => {
  if (state.value !== "playing" && state.value !== "loading") return;
  if (audio.currentTime !== lastTime) {
    lastTime = audio.currentTime;
    progressed = performance.now();
  }
});

audio.addEventListener("ended", () => {
  if (state.value !== "playing" && state.value !== "loading") return;
  void play(station.value, sliceEnd > 0 ? sliceEnd : airTime(audio.currentTime));
});

audio.addEventListener("error", () => {
  if (audio.src && (state.value === "playing" || state.value === "loading")) retry(position.value);
});

/// What is heard just now, finer than the audio element tells.
export function tick() {
  if (state.value !== "playing") return;
  position.value = airTime(audio.currentTime);
}

setInterval(() => {
  tick();
  if (state.value !== "playing" && state.value !== "loading") return;
  const t = position.value ?? 0;
  if (performance.now() - progressed > kStalled * 1000) void play(station.value, t);
  if (state.value !== "playing") return;
  isLive.value = serverNow() - t < kLiveWithin;
  void learnTitles(station.value, t);
}, 500);

onHappening((event, callsign) => {
  if (callsign !== station.value || state.value !== "playing" || event === "silence") return;
  if (event === "title" || event === "station") loadedTitles = { station: "", from: 0, to: 0 };
  void learnGaps(callsign, base);
});

// A page that one has left is kept, but is not to be played to.
window.addEventListener("pagehide", () => {
  pause();
  audio.removeAttribute("src");
  audio.load();
});

// What happened while nobody told.
effect(() => {
  if (connected.value && state.peek() === "playing") void learnGaps(station.peek(), base);
});

effect(() => {
  audio.volume = volume.value;
  audio.muted = muted.value;
  localStorage.setItem("volume", String(volume.value));
});

// The lock screen and the media keys.
if ("mediaSession" in navigator) {
  const session = navigator.mediaSession;
  const on = (action: MediaSessionAction, handler: () => void) => {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // This browser does not know that one.
    }
  };
  on("play", resume);
  on("pause", pause);
  on("stop", pause);
  on("seekbackward", () => nudge(-15));
  on("seekforward", () => nudge(15));
  on("previoustrack", () => nudge(-60));
  on("nexttrack", toLive);
  let told = "";
  effect(() => {
    const facts = factsOf(station.value);
    const playing = state.value === "playing" || state.value === "loading";
    session.playbackState = playing ? "playing" : state.value === "paused" ? "paused" : "none";
    if (!facts || position.value === null || state.value === "idle") return;
    const title = titleNow.value || facts.name;
    const album = isLive.value ? T.player.live : `${dayText(position.value, facts.timezone)}`;
    const text = `${title} ${facts.name} ${album}`;
    if (text === told) return;
    told = text;
    session.metadata = new MediaMetadata({
      title,
      artist: facts.name,
      album,
      artwork: [
        {
          src: address(`icon/${encodeURIComponent(facts.name.replaceAll(" ", "_"))}_512.png`),
          sizes: "512x512",
          type: "image/png",
        },
      ],
    });
  });
}
