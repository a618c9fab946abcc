// SPDX-License-Identifier: MIT
// What can be had of a marked span: sound, an address, a podcast.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { encode } from "uqr";
import { address, slicePath } from "./api";
import { Icon } from "./icons";
import { play, station } from "./player";
import { factsOf } from "./store";
import { mark, titles, zone, type Mark } from "./tape/view";
import { T } from "./texts";
import { basic, clockHm, clockHms, duration, fromInput, toInput, weekdayOf } from "./time";

const kDays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// "mon-fri" and the like where that is shorter.
function daysText(days: boolean[]): string {
  const chosen = kDays.filter((_, i) => days[i]);
  if (chosen.length === 7) return "daily";
  if (chosen.join() === "mon,tue,wed,thu,fri") return "weekdays";
  if (chosen.join() === "sun,sat") return "weekend";
  return chosen.join(",");
}

function lengthText(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}min` : `${seconds}s`;
}

function CopyButton({ text, label }: { text: string; label: string }) {
  const said = useSignal("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = T.mark.copied;
    } catch {
      // Only pages that came encrypted, or from this machine, have a clipboard.
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      said.value = done ? T.mark.copied : T.mark.copyFailed;
    }
    setTimeout(() => (said.value = ""), 2500);
  };
  return (
    <>
      <button type="button" class="wide" onClick={() => void copy()}><Icon name="link" /><span>{said.value || label}</span></button>
      <span class="hidden" role="status">{said.value}</span>
    </>
  );
}

function Qr({ text }: { text: string }) {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  let path = "";
  data.forEach((row, y) => row.forEach((dark, x) => { if (dark) path += `M${x} ${y}h1v1h-1z`; }));
  return (
    <figure class="qr">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={T.mark.qr} shape-rendering="crispEdges">
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <figcaption class="soft">{T.mark.qrHint}</figcaption>
    </figure>
  );
}

function Podcast({ there, name }: { there: Mark; name: string }) {
  const first = weekdayOf(there.from, zone.value);
  const days = useSignal(kDays.map((_, i) => i === first));
  useEffect(() => { days.value = kDays.map((_, i) => i === first); }, [first]);
  const start = there.from % 60 === 0 ? clockHm(there.from, zone.value) : clockHms(there.from, zone.value);
  const words = daysText(days.value);
  const file = encodeURIComponent(name.trim().replaceAll("/", "-").replaceAll(" ", "_") || "Show");
  const feed = address(`${station.value}/${words}/${start}/${lengthText(there.to - there.from)}/${file}.xml`);
  return (
    <div class="podcast">
      <div class="fields">
        <div role="group" class="days" aria-label={T.mark.days}>
          {T.mark.weekdays.map((day, i) => (
            <button type="button" key={day} aria-pressed={days.value[i]}
              onClick={() => {
                const next = days.value.map((each, k) => (k === i ? !each : each));
                if (next.some(Boolean)) days.value = next;
              }}>{day.slice(0, 2)}<span class="hidden">{day.slice(2)}</span></button>
          ))}
        </div>
        <label class="feed"><span>{T.mark.feed}</span>
          <input type="text" readOnly value={feed} onFocus={(event) => event.currentTarget.select()} />
        </label>
        <CopyButton text={feed} label={T.mark.copyFeed} />
      </div>
      <Qr text={feed} />
    </div>
  );
}

export function MarkPanel() {
  const there = mark.value;
  const facts = factsOf(station.value);
  const podcast = useSignal(false);
  const typed = useSignal<string | null>(null);
  const suggested = useComputed(() => {
    const now = mark.value;
    if (!now) return "";
    const inside = titles.value.find((each) => each.at < now.to && (each.end ?? now.to) > now.from);
    const long = now.to - now.from > 900;
    return inside && !long
      ? inside.title
      : T.mark.defaultName(factsOf(station.value)?.name ?? "", T.mark.weekdays[weekdayOf(now.from, zone.value)] ?? "");
  });
  if (!there || !facts) return null;
  const name = typed.value ?? suggested.value;
  const extension = facts.extension || "mp3";
  const path = slicePath(station.value, there.from, there.to, extension);
  const file = `${name.replaceAll("/", "-").trim() || "aircheck"}.${extension}`;
  const link = new URL(`#${station.value}@${basic(there.from)}+${there.to - there.from}s`, document.baseURI).href;
  const change = (edge: "from" | "to", text: string) => {
    const t = fromInput(text, zone.value);
    if (t === null) return;
    const next = { ...there, [edge]: t };
    if (next.from < next.to) mark.value = next;
  };
  return (
    <section class="marked" aria-labelledby="marked">
      <div class="row">
        <h2 id="marked">{T.mark.title} <span class="soft">{duration(there.to - there.from)}</span></h2>
        <label><span>{T.mark.from}</span>
          <input type="datetime-local" step="1" value={toInput(there.from, zone.value)} onChange={(event) => change("from", event.currentTarget.value)} /></label>
        <label><span>{T.mark.to}</span>
          <input type="datetime-local" step="1" value={toInput(there.to, zone.value)} onChange={(event) => change("to", event.currentTarget.value)} /></label>
        <label class="called"><span>{T.mark.name}</span>
          <input type="text" value={name} onInput={(event) => (typed.value = event.currentTarget.value)} /></label>
      </div>
      <div class="row actions">
        <button type="button" class="wide" onClick={() => void play(station.value, there.from)}><Icon name="play" /><span>{T.mark.listen}</span></button>
        <a class="button wide" href={address(`${path}/${encodeURIComponent(file)}`)} download><Icon name="download" /><span>{T.mark.download}</span></a>
        <CopyButton text={link} label={T.mark.copyLink} />
        <button type="button" class="wide" aria-expanded={podcast.value} onClick={() => (podcast.value = !podcast.value)}><Icon name="repeat" /><span>{T.mark.show}</span></button>
        <button type="button" class="plain wide" onClick={() => { mark.value = null; typed.value = null; }}><Icon name="close" /><span>{T.mark.clear}</span></button>
      </div>
      {podcast.value && <Podcast there={there} name={name} />}
    </section>
  );
}
