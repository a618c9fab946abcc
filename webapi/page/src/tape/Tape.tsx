// SPDX-License-Identifier: MIT
import { computed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons";
import { nudge, play, position, second, seek, state, station, tick, titleNow } from "../player";
import { connected, factsOf, serverNow } from "../store";
import { theme } from "../theme";
import { T } from "../texts";
import { clockHm, clockHms, dayLong, dayText, duration } from "../time";
import { coloursOf, draw } from "./draw";
import { drawStrip } from "./strip";
import {
  following, from, glance, hover, kLongest, mark, markFrom, overview, pan, run, scrub, show, showNow, span, tape,
  titles, to, toSound, whatIs, zone, zoom,
} from "./view";

/// The place that is heard, or that the head is being dragged to.
const head = computed(() => scrub.value ?? position.value);

const kStill = 5; // px that a click may move
const kRound = [1, 5, 15, 30, 60, 300, 900];
const kGrip = 12; // px around an end of the mark

function goTo(t: number) {
  const at = toSound(t);
  following.value = true;
  if (state.value === "paused") seek(at);
  else void play(station.value, at);
}

type Grip = "from" | "to" | "head";

/// What fingers and the mouse do on the tape.
class Hand {
  private pointers = new Map<number, number>(); // x of each
  private begunAt = 0;
  private moved = false;
  private pinch = 0;
  private grip: Grip | null = null;
  private marking = false;
  private begunTime = 0;

  constructor(private canvas: HTMLCanvasElement) {}

  time(x: number): number {
    const box = this.canvas.getBoundingClientRect();
    return from.value + ((x - box.left) / box.width) * span.value;
  }

  private perPixel = () => span.value / this.canvas.getBoundingClientRect().width;

  down(event: PointerEvent) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, event.clientX);
    this.begunAt = event.clientX;
    this.moved = false;
    this.begunTime = this.time(event.clientX);
    this.grip = this.gripAt(event.clientX);
    if (this.grip === "head" && (event.shiftKey || markFrom.value !== null)) this.grip = null;
    this.marking = !this.grip && (event.shiftKey || markFrom.value !== null);
    if (this.marking && markFrom.value === null) markFrom.value = this.begunTime;
    if (this.pointers.size === 2) this.pinch = this.distance();
  }

  private gripAt(x: number): Grip | null {
    const t = this.time(x);
    const near = (there: number | undefined | null) =>
      there != null && Math.abs(t - there) < kGrip * this.perPixel();
    if (near(mark.value?.to)) return "to";
    if (near(mark.value?.from)) return "from";
    return near(position.value) ? "head" : null;
  }

  private distance() {
    const [a, b] = [...this.pointers.values()];
    return Math.abs((a ?? 0) - (b ?? 0));
  }

  move(event: PointerEvent) {
    if (event.pointerType !== "touch" || this.marking || this.grip) hover.value = this.time(event.clientX);
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) {
      this.canvas.style.cursor = this.gripAt(event.clientX) ? "ew-resize" : "";
      return;
    }
    this.pointers.set(event.pointerId, event.clientX);
    if (Math.abs(event.clientX - this.begunAt) > kStill) this.moved = true;
    if (this.pointers.size === 2) {
      const now = this.distance();
      const [a, b] = [...this.pointers.values()];
      if (this.pinch > 10 && now > 10) zoom(this.pinch / now, this.time(((a ?? 0) + (b ?? 0)) / 2));
      this.pinch = now;
      following.value = false;
    } else if (this.grip === "head") {
      if (this.moved) scrub.value = Math.min(this.time(event.clientX), serverNow());
    } else if (this.grip && mark.value) {
      const changed = { ...mark.value, [this.grip]: this.time(event.clientX) };
      if (changed.from < changed.to) mark.value = changed;
    } else if (this.moved && !this.marking) {
      pan((before - event.clientX) * this.perPixel());
    }
  }

  up(event: PointerEvent) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.pointers.size > 0) return;
    const t = this.time(event.clientX);
    if (this.marking && (this.moved || markFrom.value !== this.begunTime)) {
      const begun = markFrom.value ?? this.begunTime;
      setMark(begun, t);
    } else if (this.marking) {
      markFrom.value = null;
    } else if (scrub.value !== null) {
      goTo(scrub.value);
    } else if (!this.moved && (!this.grip || this.grip === "head")) {
      if (t <= serverNow()) goTo(t);
    }
    if (event.pointerType === "touch") hover.value = null;
    this.letGo();
  }

  private letGo() {
    this.marking = false;
    this.grip = null;
    scrub.value = null;
  }

  cancel(event: PointerEvent) {
    this.pointers.delete(event.pointerId);
    this.letGo();
  }

  wheel(event: WheelEvent) {
    const wide = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.004), this.time(event.clientX));
    } else if (Math.abs(wide) > Math.abs(event.deltaY) || event.shiftKey) {
      event.preventDefault();
      pan(wide * this.perPixel());
    }
  }
}

export function setMark(a: number, b: number) {
  const begin = Math.min(a, b);
  const end = Math.min(Math.max(a, b), serverNow() - 1);
  markFrom.value = null;
  // To something round that is near, as far as a hand can aim.
  const unit = kRound.filter((each) => each < span.value / 120).at(-1) ?? 1;
  const round = (t: number) => Math.round(t / unit) * unit;
  if (end - begin >= 1) mark.value = { from: round(begin), to: Math.max(round(begin) + 1, Math.min(round(end), Math.floor(serverNow() - 1))) };
}

function fitCanvas(canvas: HTMLCanvasElement) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const wanted = [Math.round(width * ratio), Math.round(height * ratio)] as const;
  if (canvas.width !== wanted[0] || canvas.height !== wanted[1]) {
    canvas.width = wanted[0];
    canvas.height = wanted[1];
  }
  const c = canvas.getContext("2d")!;
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { c, width, height };
}

/// Draws when something is to be seen that was not before.
function usePicture(
  big: { current: HTMLCanvasElement | null }, strip: { current: HTMLCanvasElement | null },
) {
  useEffect(() => {
    let before = "";
    let coloursFor = "";
    let colours = coloursOf(big.current!);
    let frame = 0;
    const paint = () => {
      frame = requestAnimationFrame(paint);
      const canvas = big.current;
      if (!canvas || !station.value) return;
      tick();
      run();
      const pixel = span.value / Math.max(1, canvas.clientWidth) / 2;
      const now = serverNow();
      const round = (t: number | null) => (t === null ? "" : Math.round(t / pixel));
      const facts = factsOf(station.value);
      const key = [
        station.value, round(from.value), span.value, round(now), round(head.value),
        round(hover.value), mark.value?.from, mark.value?.to, markFrom.value, state.value,
        theme.value, canvas.clientWidth, canvas.clientHeight, facts?.state, connected.value,
      ].join();
      const data = [tape.value, overview.value, titles.value];
      if (key === before && data.every((each, i) => each === last[i])) return;
      before = key;
      last = data;
      if (coloursFor !== theme.value) {
        coloursFor = theme.value;
        colours = coloursOf(canvas);
      }
      const { c, width, height } = fitCanvas(canvas);
      draw(c, {
        width, height, from: from.value, span: span.value, now, zone: zone.value,
        recording: connected.value && facts?.state === "recording", tape: tape.value, overview: overview.value,
        titles: titles.value, position: head.value, playing: state.value === "playing",
        hover: hover.value, mark: mark.value, markFrom: markFrom.value, colours,
      });
      if (!strip.current) return;
      const small = fitCanvas(strip.current);
      const begin = stripFrom();
      drawStrip(small.c, small.width, small.height, begin, now - begin, overview.value, colours,
        [from.value, Math.min(to.value, now)], head.value);
    };
    let last: unknown[] = [];
    paint();
    return () => cancelAnimationFrame(frame);
  }, []);
}

/// The overview begins where the sound does.
const stripFrom = () => {
  const now = serverNow();
  const first = factsOf(station.value)?.first ?? overview.value?.stored[0]?.[0] ?? now;
  return Math.min(now - 600, Math.max(first, now - kLongest));
};

function keys(event: KeyboardEvent) {
  const page = event.shiftKey ? 60 : 15;
  const act: Record<string, () => void> = {
    ArrowLeft: () => (position.value === null ? goTo(serverNow() - page) : nudge(-page)),
    ArrowRight: () => nudge(page),
    PageUp: () => pan(-span.value / 2),
    PageDown: () => pan(span.value / 2),
    Home: () => show(stripFrom(), span.value, 0.05),
    End: showNow,
    Enter: () => goTo(from.value + span.value / 2),
  };
  const does = act[event.key];
  if (!does) return;
  event.preventDefault();
  event.stopPropagation();
  does();
}

function Spans() {
  return (
    <div class="spans" role="group" aria-label={T.tape.span}>
      <button type="button" class="plain" aria-label={T.tape.zoomOut} onClick={() => zoom(2)}><Icon name="minus" /></button>
      {T.tape.spans.map(([seconds, text]) => (
        <button type="button" key={seconds} class="span" aria-pressed={Math.abs(span.value / seconds - 1) < 0.1}
          onClick={() => zoom(seconds / span.value)}>{text}</button>
      ))}
      <button type="button" class="plain" aria-label={T.tape.zoomIn} onClick={() => zoom(0.5)}><Icon name="plus" /></button>
    </div>
  );
}

function List() {
  const data = tape.value;
  const { from: begin, to: end, now } = glance.value;
  const inside = (a: number, b: number) => b > begin && a < end;
  const gaps = data?.gaps.filter((each) => inside(each.from, each.to)).slice(-100) ?? [];
  const heard = titles.value.filter((each) => inside(each.at, each.end ?? now)).slice(-100);
  const name = (t: number) => `${dayText(t, zone.value)} ${clockHms(t, zone.value)}`;
  return (
    <div class="lists">
      <div>
        <h3>{T.tape.gaps(gaps.length)}</h3>
        {gaps.length === 0 && <p class="soft">{T.tape.noGaps}</p>}
        <ul>
          {gaps.map((each) => (
            <li key={each.from}>
              <button type="button" class="text" onClick={() => goTo(each.from - 5)}>{name(each.from)}</button>{" "}
              {duration(each.missing)}{each.holes > 1 && ` (${T.tape.holes(each.holes)})`}
              {each.cause && `, ${T.cause(each.cause)}`}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h3>{T.tape.titles(heard.length)}</h3>
        {heard.length === 0 && <p class="soft">{span.value > 36 * 3600 ? T.tape.tooWide : T.tape.noTitles}</p>}
        <ul>
          {heard.map((each) => (
            <li key={each.at}>
              <button type="button" class="text" onClick={() => goTo(each.at)}>{name(each.at)}</button>{" "}
              {each.title}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-hidden="true">
      <li><i class="recorded" />{T.tape.recorded}</li>
      <li><i class="loud" />{T.tape.loudness}</li>
      <li><i class="cloud" />{T.tape.cloud}</li>
      <li><i class="doubled" />{T.tape.doubled}</li>
      <li><i class="missing" />{T.tape.gap}</li>
    </ul>
  );
}

export function Tape() {
  const big = useRef<HTMLCanvasElement>(null);
  const strip = useRef<HTMLCanvasElement>(null);
  const hand = useRef<Hand>();
  const listed = useSignal(false);
  usePicture(big, strip);
  useEffect(() => {
    const canvas = big.current!;
    const own = (hand.current = new Hand(canvas));
    const wheel = (event: WheelEvent) => own.wheel(event);
    canvas.addEventListener("wheel", wheel, { passive: false });
    return () => canvas.removeEventListener("wheel", wheel);
  }, []);
  const facts = factsOf(station.value);
  const t = scrub.value === null ? second.value : Math.floor(scrub.value);
  const { from: begin, to: end, now } = glance.value;
  const shown = t ?? Math.floor(now);
  const reading = facts ? `${dayLong(shown, zone.value)}, ${clockHms(shown, zone.value)}` : "";
  const showsNow = !facts || now < end;
  return (
    <section class="deck" aria-label={T.tape.label(facts?.name ?? "")}>
      <div class="heading">
        <div class="what">
          <h2>{facts?.name ?? "\u00a0"}</h2>
          <p class="title">{(t === null ? facts?.title : titleNow.value) || "\u00a0"}</p>
        </div>
        {facts && (
          <div class="clock" role="timer" aria-live="off">
            <span class="time" data-unix={shown}>{clockHms(shown, zone.value)}</span>
            <span class="date">{dayLong(shown, zone.value)}</span>
          </div>
        )}
      </div>
      <div class="frame">
        <canvas ref={big} class="tape" tabIndex={0} role="slider"
          aria-label={T.tape.label(facts?.name ?? "")} aria-valuemin={Math.round(begin)}
          aria-valuemax={Math.round(end)} aria-valuenow={shown}
          aria-valuetext={T.tape.valueText(reading, whatIs(shown))} aria-describedby="tape-hint"
          onKeyDown={keys}
          onPointerDown={(event) => hand.current?.down(event)}
          onPointerMove={(event) => hand.current?.move(event)}
          onPointerUp={(event) => hand.current?.up(event)}
          onPointerCancel={(event) => hand.current?.cancel(event)}
          onPointerLeave={() => (hover.value = null)} />
        {!showsNow && (
          <button type="button" class="to-now" onClick={showNow}>{T.tape.toNow} →</button>
        )}
      </div>
      <button type="button" class="overview" aria-label={T.tape.overview}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const begin = stripFrom();
          const where = event.detail === 0 ? 0.5 : (event.clientX - box.left) / box.width;
          following.value = false;
          show(begin + where * (serverNow() - begin), span.value);
        }}>
        <canvas ref={strip} />
      </button>
      <p class="ends soft" aria-hidden="true">
        <span>{facts ? `${dayText(stripFrom(), zone.value)} ${clockHm(stripFrom(), zone.value)}` : "\u00a0"}</span>
        <span>{T.tape.now}</span>
      </p>
      <div class="below">
        <Spans />
        <Legend />
      </div>
      <p class="hint soft" id="tape-hint">
        <span class="mouse">{T.tape.hint}</span><span class="touch">{T.tape.hintTouch}</span>
      </p>
      <details class="list" onToggle={(event) => (listed.value = event.currentTarget.open)}>
        <summary>{T.tape.list}</summary>
        {listed.value && <List />}
      </details>
    </section>
  );
}
