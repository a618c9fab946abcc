// SPDX-License-Identifier: MIT
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { getTape, type TapeData } from "./api";
import { Icon } from "./icons";
import { choose, pause, play, state, station as chosen } from "./player";
import { connected, known, order, serverNow, stations, type Station } from "./store";
import { coloursOf } from "./tape/draw";
import { drawStrip } from "./tape/strip";
import { following, show, showNow } from "./tape/view";
import { theme } from "./theme";
import { T } from "./texts";
import { clockHm, dayText, duration, roughly, size } from "./time";

const kDay = 86400;
const kStripRefresh = 120_000;
const kRest = 200; // ms that a card is seen before its last day is asked for

function Spark({ callsign }: { callsign: string }) {
  const { rates, facts } = stations.get(callsign)!;
  // Streams are read about once a second: a beat may have two readings, or none.
  const smooth = useComputed(() => {
    const all = rates.value;
    return all.map((_, i) => {
      const near = all.slice(Math.max(0, i - 2), i + 1);
      return near.reduce((sum, each) => sum + each, 0) / near.length;
    });
  });
  const points = smooth.value;
  const high = Math.max(1, ...points) * 1.15;
  const x = (i: number) => 120 - (points.length - 1 - i) * (120 / 59);
  const line = points.map((rate, i) => `${x(i).toFixed(1)},${(27 - (rate / high) * 25).toFixed(1)}`);
  const last = points.at(-1);
  return (
    <div class="spark">
      <svg viewBox="0 0 120 28" preserveAspectRatio="none" role="img"
        aria-label={T.rateOf(facts.value.name)}>
        {line.length > 1 && (
          <>
            <path class="under" d={`M${line[0]!.split(",")[0]},28 L${line.join(" ")} L120,28z`} />
            <polyline points={line.join(" ")} vector-effect="non-scaling-stroke" />
          </>
        )}
      </svg>
      <span class="rate">{last !== undefined && T.perSecond(size(last))}</span>
    </div>
  );
}

function DayStrip({ callsign }: { callsign: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const tape = useSignal<TapeData | null>(null);
  const facts = stations.get(callsign)!.facts;
  useEffect(() => {
    let loadedAt = -kStripRefresh;
    let visible = false;
    let rest = 0;
    const load = async () => {
      if (!visible || document.hidden || performance.now() - loadedAt < kStripRefresh) return;
      loadedAt = performance.now();
      try {
        tape.value = await getTape(callsign, serverNow() - kDay, serverNow(), 300);
      } catch {
        // Again in a while.
      }
    };
    const watcher = new IntersectionObserver((entries) => {
      visible = entries.some((each) => each.isIntersecting);
      // Who scrolls past many stations asks for none of them.
      clearTimeout(rest);
      if (visible) rest = window.setTimeout(() => void load(), kRest);
    });
    watcher.observe(canvas.current!);
    const timer = setInterval(() => void load(), 5000);
    return () => {
      watcher.disconnect();
      clearTimeout(rest);
      clearInterval(timer);
    };
  }, [callsign]);
  useEffect(() => {
    const element = canvas.current!;
    const box = element.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(box.width * ratio);
    element.height = Math.round(box.height * ratio);
    const c = element.getContext("2d")!;
    c.scale(ratio, ratio);
    drawStrip(c, box.width, box.height, serverNow() - kDay, kDay, tape.value, coloursOf(element), null, null);
  }, [tape.value, theme.value]);
  return (
    <button type="button" class="day" aria-label={T.lastDay(facts.value.name)}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        choose(callsign);
        if (event.detail === 0) {
          show(serverNow() - kDay / 2, kDay);
        } else {
          const at = serverNow() - kDay + ((event.clientX - box.left) / box.width) * kDay;
          show(at, 3600);
        }
        following.value = false;
      }}>
      <canvas ref={canvas} />
    </button>
  );
}

function gapText(facts: Station): string {
  if (facts.first === null) return facts.state === "recording" ? T.justBegun : T.nothingYet;
  if (!facts.hole) return T.noGap;
  const { start, end, cause } = facts.hole;
  const today = serverNow() - start < 18 * 3600;
  const when = today
    ? clockHm(start, facts.timezone)
    : `${dayText(start, facts.timezone)} ${clockHm(start, facts.timezone)}`;
  return T.lastGap(duration(end - start), when, T.cause(cause));
}

/// "for 3 h": as long as nothing was missing, whichever process has recorded it.
function sinceText(facts: Station): string {
  const now = serverNow();
  const { state, since, first, hole, back } = facts;
  if (state !== "recording" || first === null) return since === null ? "" : T.stateFor(roughly(now - since));
  if (!hole && !back && first < now - kDay) return T.stateForDays;
  return T.stateFor(roughly(now - Math.max(hole?.end ?? first, back ?? 0)));
}

function Card({ callsign }: { callsign: string }) {
  const facts = stations.get(callsign)!.facts.value;
  const here = chosen.value === callsign;
  const playing = here && (state.value === "playing" || state.value === "loading");
  const since = sinceText(facts);
  return (
    <li class={`card ${here ? "chosen" : ""}`} data-station={callsign}>
      <div class="top">
        <button type="button" class="round" aria-label={playing ? T.player.pause : T.listenLive(facts.name)}
          onClick={() => {
            if (playing) return pause();
            showNow();
            void play(callsign, "live");
          }}>
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <div class="who">
          <h3>
            <button type="button" class="name" aria-label={T.openTape(facts.name)} aria-pressed={here}
              onClick={() => { choose(callsign); showNow(); }}>{facts.name}</button>
          </h3>
          <p class={`title ${facts.title ? "" : "none"}`}>{facts.title || T.noTitle}</p>
        </div>
      </div>
      <div class="how">
        <span class={`state ${facts.state}`}>
          <i aria-hidden="true" />{T.state[facts.state] ?? facts.state}
          {since && <span class="since">&nbsp;{since}</span>}
        </span>
        {facts.silent !== null && (
          <span class="silent">{T.silentFor(roughly(serverNow() - facts.silent))}</span>
        )}
        {facts.state !== "recording" && facts.cause && <span class="cause">{facts.cause}</span>}
        {facts.bitrate > 0 && <span class="bitrate">{T.kbps(facts.bitrate)}</span>}
      </div>
      <Spark callsign={callsign} />
      <DayStrip callsign={callsign} />
      <p class={`gap ${facts.hole ? "some" : ""}`}>{gapText(facts)}</p>
    </li>
  );
}

export function Cards() {
  return (
    <section class={known.value && !connected.value ? "cards stale" : "cards"} aria-labelledby="stations" id="cards">
      <h2 id="stations">{T.stations}</h2>
      {!known.value && <p class="soft">{T.loading}</p>}
      {known.value && order.value.length === 0 && <p class="soft">{T.noStations}</p>}
      <ul>{order.value.map((callsign) => <Card key={callsign} callsign={callsign} />)}</ul>
    </section>
  );
}
