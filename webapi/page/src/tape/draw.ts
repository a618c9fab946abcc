// SPDX-License-Identifier: MIT
// The tape as a picture.

import type { TapeData, Title } from "../api";
import { clockHm, clockHms, dayText, duration, fromLocal, localSeconds } from "../time";
import { T } from "../texts";
import { drawWave } from "./wave";

export interface Picture {
  width: number;
  height: number;
  from: number;
  span: number;
  now: number;
  zone: string;
  recording: boolean;
  tape: TapeData | null;
  overview: TapeData | null;
  titles: Title[];
  position: number | null;
  playing: boolean;
  hover: number | null;
  mark: { from: number; to: number } | null;
  markFrom: number | null;
  colours: Colours;
}

export interface Colours {
  ribbon: string;
  cloud: string;
  doubled: string;
  wave: string;
  gap: string;
  gapLine: string;
  text: string;
  soft: string;
  line: string;
  accent: string;
  onAccent: string;
  mark: string;
  back: string;
  record: string;
}

const kNames: (keyof Colours)[] = [
  "ribbon", "cloud", "doubled", "wave", "gap", "gapLine", "text", "soft", "line", "accent", "onAccent",
  "mark", "back", "record",
];

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  return Object.fromEntries(
    kNames.map((name) => [name, style.getPropertyValue(`--tape-${name}`).trim() || "#888"]),
  ) as unknown as Colours;
}

const kSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800];

/// Times at which the station's clock reads something round, at least so many pixels apart.
export function ticks(from: number, span: number, width: number, zone: string, apart = 84) {
  const step = kSteps.find((each) => (each / span) * width >= apart) ?? 604800;
  const found: { t: number; text: string; major: boolean }[] = [];
  const first = Math.floor(localSeconds(from, zone) / step) * step;
  for (let local = first; found.length < 64; local += step) {
    const t = fromLocal(local, zone);
    if (t > from + span) break;
    if (t < from) continue;
    const midnight = localSeconds(t, zone) % 86400 === 0;
    const text = midnight ? dayText(t, zone) : step < 60 ? clockHms(t, zone) : clockHm(t, zone);
    found.push({ t, text, major: midnight });
  }
  return found;
}

const kFont = '12px system-ui, "Segoe UI", Roboto, sans-serif';

export class Lanes {
  readonly title: [number, number];
  readonly ribbon: [number, number];
  readonly axis: number;

  constructor(height: number) {
    const axis = 24;
    const title = height > 110 ? 26 : 22;
    this.title = [6, title];
    this.ribbon = [title + 10, height - axis - 6];
    this.axis = height - axis;
  }
}

let hatchOf: { key: string; pattern: CanvasPattern | null } = { key: "", pattern: null };

function hatch(c: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  if (hatchOf.key !== colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const d = tile.getContext("2d")!;
    d.strokeStyle = colour;
    d.lineWidth = 1.4;
    d.beginPath();
    for (const at of [-4, 4, 12]) {
      d.moveTo(at - 5, 9);
      d.lineTo(at + 5, -1);
    }
    d.stroke();
    hatchOf = { key: colour, pattern: c.createPattern(tile, "repeat") };
  }
  return hatchOf.pattern ?? colour;
}

function fit(c: CanvasRenderingContext2D, text: string, width: number): string {
  if (c.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (c.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low > 1 ? `${text.slice(0, low).trimEnd()}…` : "";
}

export function draw(c: CanvasRenderingContext2D, p: Picture) {
  const x = (t: number) => ((t - p.from) / p.span) * p.width;
  const lanes = new Lanes(p.height);
  c.clearRect(0, 0, p.width, p.height);
  c.font = kFont;
  c.textBaseline = "middle";
  drawAxis(c, p, x, lanes);
  if (p.overview) drawRibbon(c, p, p.overview, x, lanes, p.tape ? [p.tape.from, p.tape.to] : null);
  if (p.tape) drawRibbon(c, p, p.tape, x, lanes, null);
  drawEdge(c, p, x, lanes);
  drawTitles(c, p, x, lanes);
  drawMark(c, p, x, lanes);
  drawHover(c, p, x, lanes);
  drawHead(c, p, x, lanes);
}

type X = (t: number) => number;

function drawAxis(c: CanvasRenderingContext2D, p: Picture, x: X, lanes: Lanes) {
  c.textAlign = "left";
  for (const tick of ticks(p.from, p.span, p.width, p.zone)) {
    const at = Math.round(x(tick.t)) + 0.5;
    c.strokeStyle = p.colours.line;
    c.lineWidth = 1;
    c.globalAlpha = tick.major ? 1 : 0.65;
    c.beginPath();
    c.moveTo(at, tick.major ? 0 : lanes.ribbon[0] - 4);
    c.lineTo(at, p.height - 2);
    c.stroke();
    c.globalAlpha = 1;
    c.fillStyle = tick.major ? p.colours.text : p.colours.soft;
    // Half a reading is none.
    if (at + 5 + c.measureText(tick.text).width <= p.width) c.fillText(tick.text, at + 5, lanes.axis + 13);
  }
}

function drawRibbon(
  c: CanvasRenderingContext2D, p: Picture, tape: TapeData, x: X, lanes: Lanes,
  except: [number, number] | null,
) {
  const [top, bottom] = lanes.ribbon;
  const high = bottom - top;
  c.save();
  if (except) {
    c.beginPath();
    c.rect(0, 0, Math.max(0, x(except[0])), p.height);
    c.rect(x(except[1]), 0, p.width, p.height);
    c.clip();
  }
  const block = (a: number, b: number, y: number, h: number) => {
    const left = Math.max(-8, x(a));
    const right = Math.min(p.width + 8, x(b));
    if (right >= left) c.fillRect(left, y, Math.max(1, right - left), h);
  };
  for (const [a, b, place] of tape.stored) {
    c.fillStyle = place === "cloud" ? p.colours.cloud : p.colours.ribbon;
    block(a, b, top, high);
  }
  // Light on the tape, where there is any.
  const light = c.createLinearGradient(0, top, 0, bottom);
  light.addColorStop(0, "rgb(255 255 255 / 0.16)");
  light.addColorStop(0.18, "rgb(255 255 255 / 0.05)");
  light.addColorStop(0.8, "rgb(0 0 0 / 0)");
  light.addColorStop(1, "rgb(0 0 0 / 0.16)");
  c.fillStyle = light;
  for (const [a, b] of tape.stored) block(a, b, top, high);
  // One step of an overview reaches over more than what is there.
  c.save();
  c.beginPath();
  for (const [a, b] of tape.stored) c.rect(x(a), top, x(b) - x(a), high);
  c.clip();
  drawWave(c, tape, x, p.width, top + 5, bottom - 2, p.colours.wave);
  c.restore();
  c.fillStyle = p.colours.doubled;
  for (const [a, b] of tape.doubled) block(a, b, top, 4);
  for (const gap of tape.gaps) drawGap(c, p, gap, x, lanes);
  // Joints are seen when they are apart from one another.
  if (tape.splices.filter(([at]) => x(at) > 0 && x(at) < p.width).length < p.width / 30) {
    c.strokeStyle = p.colours.back;
    c.lineWidth = 1.5;
    for (const [at, exact] of tape.splices) {
      const middle = x(at);
      if (middle < -4 || middle > p.width + 4) continue;
      c.beginPath();
      c.moveTo(middle - 3, bottom);
      c.lineTo(middle, bottom - (exact ? 7 : 12));
      c.lineTo(middle + 3, bottom);
      c.stroke();
    }
  }
  c.restore();
}

function drawGap(c: CanvasRenderingContext2D, p: Picture, gap: TapeData["gaps"][0], x: X, lanes: Lanes) {
  const [top, bottom] = lanes.ribbon;
  const left = Math.max(-8, x(gap.from));
  const right = Math.min(p.width + 8, x(gap.to));
  if (right < 0 || left > p.width || right < left) return;
  const wide = Math.max(1.5, right - left);
  // Where holes and sound are mixed, as much is left open as is missing.
  const part = gap.missing / Math.max(0.001, gap.to - gap.from);
  const share = part > 0.6 ? 1 : Math.max(0.25, part);
  const high = (bottom - top) * share;
  c.fillStyle = p.colours.back;
  c.fillRect(left, bottom - high, wide, high);
  c.fillStyle = p.colours.gap;
  c.fillRect(left, bottom - high, wide, high);
  if (wide > 6) {
    c.fillStyle = hatch(c, p.colours.gapLine);
    c.fillRect(left, bottom - high, wide, high);
  } else {
    c.fillStyle = p.colours.gapLine;
    c.fillRect(left, bottom - high, wide, high);
  }
  const text = T.cause(gap.cause) || T.tape.missing;
  const room = Math.min(right, p.width) - Math.max(left, 0) - 16;
  if (room < 40 || share < 1) return;
  const shown = fit(c, `${text} · ${duration(gap.missing)}`, room);
  if (!shown) return;
  const middle = (top + bottom) / 2;
  const textWide = c.measureText(shown).width;
  const at = Math.max(left, 0) + 8;
  c.fillStyle = p.colours.back;
  c.fillRect(at - 4, middle - 10, textWide + 8, 20);
  c.fillStyle = p.colours.text;
  c.textAlign = "left";
  c.fillText(shown, at, middle + 1);
}

/// The present: what is recorded up to it, and what is still to come.
function drawEdge(c: CanvasRenderingContext2D, p: Picture, x: X, lanes: Lanes) {
  const now = x(p.now);
  if (now < -20) return;
  const [top, bottom] = lanes.ribbon;
  const told = p.tape ? p.tape.to : p.now;
  if (p.recording && told < p.now) {
    const lastGap = p.tape?.gaps.at(-1);
    if (!lastGap || lastGap.to < told - 0.5) {
      c.fillStyle = p.colours.ribbon;
      c.globalAlpha = 0.75;
      c.fillRect(x(told), top, Math.max(0, Math.min(now, p.width) - x(told)), bottom - top);
      c.globalAlpha = 1;
    }
  }
  if (now > p.width + 20) return;
  c.strokeStyle = p.colours.soft;
  c.setLineDash([2, 4]);
  c.beginPath();
  c.moveTo(now, (top + bottom) / 2);
  c.lineTo(p.width, (top + bottom) / 2);
  c.stroke();
  c.setLineDash([]);
  c.fillStyle = p.recording ? p.colours.record : p.colours.soft;
  c.fillRect(now - 1, top - 4, 2, bottom - top + 8);
  c.beginPath();
  c.arc(now, top - 5, 4.5, 0, 7);
  c.fill();
}

function drawTitles(c: CanvasRenderingContext2D, p: Picture, x: X, lanes: Lanes) {
  const [top, bottom] = lanes.title;
  const middle = (top + bottom) / 2 + 1;
  c.textAlign = "left";
  for (let i = 0; i < p.titles.length; i++) {
    const title = p.titles[i]!;
    const end = title.end ?? Math.min(p.titles[i + 1]?.at ?? p.now, p.now);
    const left = x(title.at);
    const right = x(end);
    if (right < 0 || left > p.width || right - left < 3) continue;
    const at = Math.max(left, 0) + 7;
    const room = Math.min(right, p.width) - at - 8;
    c.fillStyle = p.colours.soft;
    if (room < 24) {
      c.fillRect(left, bottom - 5, 1, 5);
      continue;
    }
    c.fillRect(left, top, 1.5, bottom - top);
    const shown = fit(c, title.title, room);
    c.fillStyle = p.colours.text;
    if (shown) c.fillText(shown, at, middle);
  }
}

function drawMark(c: CanvasRenderingContext2D, p: Picture, x: X, lanes: Lanes) {
  const mark =
    p.mark ??
    (p.markFrom !== null && (p.hover ?? p.position) !== null
      ? { from: p.markFrom, to: (p.hover ?? p.position)! }
      : null);
  if (!mark) return;
  const left = x(Math.min(mark.from, mark.to));
  const right = x(Math.max(mark.from, mark.to));
  const [top, bottom] = lanes.ribbon;
  c.fillStyle = p.colours.mark;
  c.globalAlpha = 0.38;
  c.fillRect(left, top - 4, right - left, bottom - top + 8);
  c.globalAlpha = 1;
  for (const at of [left, right]) {
    c.fillStyle = p.colours.mark;
    c.fillRect(at - 1.5, top - 8, 3, bottom - top + 16);
    c.beginPath();
    c.roundRect(at - 5, (top + bottom) / 2 - 12, 10, 24, 4);
    c.fill();
    c.fillStyle = p.colours.back;
    c.fillRect(at - 1.5, (top + bottom) / 2 - 6, 1, 12);
    c.fillRect(at + 0.5, (top + bottom) / 2 - 6, 1, 12);
  }
}

function bubble(c: CanvasRenderingContext2D, p: Picture, at: number, y: number, text: string, back: string, front: string) {
  const wide = c.measureText(text).width + 14;
  const left = Math.min(p.width - wide - 2, Math.max(2, at - wide / 2));
  c.fillStyle = back;
  c.beginPath();
  c.roundRect(left, y, wide, 20, 6);
  c.fill();
  c.fillStyle = front;
  c.textAlign = "left";
  c.fillText(text, left + 7, y + 10.5);
}

function drawHover(c: CanvasRenderingContext2D, p: Picture, x: X, lanes: Lanes) {
  if (p.hover === null) return;
  const at = x(p.hover);
  c.strokeStyle = p.colours.text;
  c.globalAlpha = 0.5;
  c.setLineDash([3, 3]);
  c.beginPath();
  c.moveTo(at, 2);
  c.lineTo(at, lanes.ribbon[1] + 4);
  c.stroke();
  c.setLineDash([]);
  c.globalAlpha = 1;
  const text = p.span > 6 * 86400
    ? `${dayText(p.hover, p.zone)} ${clockHm(p.hover, p.zone)}`
    : clockHms(p.hover, p.zone);
  bubble(c, p, at, p.height - 22, text, p.colours.text, p.colours.back);
}

function drawHead(c: CanvasRenderingContext2D, p: Picture, x: X, lanes: Lanes) {
  if (p.position === null) return;
  const at = x(p.position);
  if (at < -10 || at > p.width + 10) return;
  const [top, bottom] = lanes.ribbon;
  c.fillStyle = p.colours.accent;
  c.fillRect(at - 1.25, top - 8, 2.5, bottom - top + 14);
  c.beginPath();
  c.moveTo(at - 7, top - 12);
  c.lineTo(at + 7, top - 12);
  c.lineTo(at, top - 1);
  c.closePath();
  c.fill();
}
