// SPDX-License-Identifier: MIT
// Where things are. All addresses are relative to the page, whatever proxy it came through.

import { compact } from "./time";

export const address = (path: string) => new URL(path, document.baseURI).href;

export const slicePath = (station: string, from: number, to: number, extension: string) =>
  `${station}/slices/${station}-${compact(from)}_${Math.max(1, Math.ceil(to) - Math.floor(from))}s.${extension}`;

export async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const answer = await fetch(address(path), { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Answer;
}

export interface TapeData {
  from: number;
  to: number;
  step: number;
  stored: [number, number, "disk" | "cloud"][];
  gaps: { from: number; to: number; missing: number; holes: number; cause: string }[];
  doubled: [number, number][];
  splices: [number, boolean][];
  loudness: { step: number; loudest: (number | null)[]; mean: (number | null)[] }; // dBFS
}

export function getTape(station: string, from: number, to: number, step: number, signal?: AbortSignal) {
  // Of a short time the server has a step of its own, which is finer than a second.
  const fine = step < 2 ? "" : `&step=${Math.round(step)}s`;
  const span = `from=${Math.floor(from)}&to=${Math.ceil(to)}${fine}`;
  return getJson<TapeData>(`${station}/tape.json?${span}`, signal);
}

interface RawTitle {
  station: string;
  time: string;
  end: string | null;
  title: string;
}

export interface Title {
  station: string;
  at: number;
  end: number | null;
  title: string;
}

const unix = (iso: string) => Date.parse(iso) / 1000;

const asTitle = (raw: RawTitle): Title => ({
  station: raw.station,
  at: unix(raw.time),
  end: raw.end === null ? null : unix(raw.end),
  title: raw.title,
});

/// By time.
export async function getTitles(station: string, from: number, to: number, signal?: AbortSignal) {
  const span = `from=${Math.floor(from)}&to=${Math.ceil(to)}&limit=500`;
  const answer = await getJson<{ titles: RawTitle[] }>(`${station}/titles?${span}`, signal);
  return answer.titles.map(asTitle).reverse();
}

/// The last one first.
export async function searchTitles(words: string, signal?: AbortSignal) {
  const answer = await getJson<{ titles: RawTitle[] }>(
    `titles?limit=10&q=${encodeURIComponent(words)}`,
    signal,
  );
  return answer.titles.map(asTitle);
}

export interface When {
  station: string;
  unix: number;
  ago: number;
}

export const whatTimeIs = (station: string, words: string, signal?: AbortSignal) =>
  getJson<When>(`${station}/at/${encodeURIComponent(words)}`, signal);
