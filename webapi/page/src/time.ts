// SPDX-License-Identifier: MIT
// Times are Unix seconds; readings are by a station's clock.

import { T } from "./texts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${zone} ${key}`;
  let found = formats.get(id);
  if (!found) {
    try {
      found = new Intl.DateTimeFormat(T.locale, { timeZone: zone, ...options });
    } catch {
      found = new Intl.DateTimeFormat(T.locale, { timeZone: "UTC", ...options });
    }
    formats.set(id, found);
  }
  return found;
}

const hm: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export const clockHm = (t: number, zone: string) => format(zone, "hm", hm).format(t * 1000);
export const clockHms = (t: number, zone: string) =>
  format(zone, "hms", { ...hm, second: "2-digit" }).format(t * 1000);
export const dayText = (t: number, zone: string) =>
  format(zone, "day", { weekday: "short", day: "numeric", month: "short" }).format(t * 1000);
export const dayLong = (t: number, zone: string) =>
  format(zone, "long", { weekday: "long", day: "numeric", month: "long" }).format(t * 1000);

/// 0 is Sunday. (1 January 1970 was a Thursday.)
export const weekdayOf = (t: number, zone: string) =>
  (Math.floor(localSeconds(t, zone) / 86400) + 4) % 7;

/// What the zone's clock reads, as if it were UTC.
export function localSeconds(t: number, zone: string): number {
  const parts = format(zone, "parts", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    ...hm,
    second: "2-digit",
    calendar: "gregory",
    numberingSystem: "latn",
  }).formatToParts(t * 1000);
  const value: Record<string, number> = {};
  for (const part of parts) value[part.type] = Number(part.value);
  const whole =
    Date.UTC(value.year!, value.month! - 1, value.day, value.hour, value.minute, value.second) /
    1000;
  return whole + (t - Math.floor(t));
}

/// Seconds that the zone's clock is ahead of UTC.
export const offsetAt = (t: number, zone: string) => localSeconds(Math.floor(t), zone) - Math.floor(t);

/// The time at which the zone's clock reads that.
export function fromLocal(local: number, zone: string): number {
  const guess = local - offsetAt(local, zone);
  return local - offsetAt(guess, zone);
}

/// "2026-11-20T20:30:15", as an input for date and time has it.
export const toInput = (t: number, zone: string) =>
  new Date(localSeconds(Math.floor(t), zone) * 1000).toISOString().slice(0, 19);
export function fromInput(text: string, zone: string): number | null {
  const local = Date.parse(`${text}Z`) / 1000;
  return Number.isFinite(local) ? fromLocal(local, zone) : null;
}

/// "20261120T203015Z"
export const basic = (t: number) =>
  new Date(Math.floor(t) * 1000).toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
/// "20261120203015Z", as slices are called.
export const compact = (t: number) => basic(t).replace("T", "");
export const fromBasic = (text: string) => {
  const m = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  return m ? Date.UTC(+m[1]!, +m[2]! - 1, +m[3]!, +m[4]!, +m[5]!, +m[6]!) / 1000 : null;
};

/// "3.2 s", "4 min 10 s", "5 h 2 min", "3 d 4 h"
export function duration(seconds: number): string {
  const s = Math.max(0, seconds);
  const u = T.units;
  if (s < 10) return `${s.toFixed(1)} ${u.s}`;
  if (s < 60) return `${Math.floor(s)} ${u.s}`;
  const parts = (big: number, small: number, b: string, l: string) => {
    const rest = Math.floor((s % big) / small);
    return `${Math.floor(s / big)} ${b}${rest ? ` ${rest} ${l}` : ""}`;
  };
  if (s < 3600) return parts(60, 1, u.min, u.s);
  if (s < 86400) return parts(3600, 60, u.h, u.min);
  return parts(86400, 3600, u.d, u.h);
}

/// The same without the small part: "4 min".
export function roughly(seconds: number): string {
  const s = Math.max(0, seconds);
  const u = T.units;
  if (s < 60) return `${Math.round(s)} ${u.s}`;
  if (s < 5400) return `${Math.round(s / 60)} ${u.min}`;
  if (s < 172800) return `${Math.round(s / 3600)} ${u.h}`;
  return `${Math.round(s / 86400)} ${u.days}`;
}

export function size(bytes: number): string {
  const units = T.units.bytes;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
