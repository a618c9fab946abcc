// SPDX-License-Identifier: MIT
// One box for words in titles and for times as people say them.

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { searchTitles, whatTimeIs, type Title, type When } from "./api";
import { Icon } from "./icons";
import { play, station } from "./player";
import { factsOf, serverNow } from "./store";
import { following, show } from "./tape/view";
import { T } from "./texts";
import { clockHm, clockHms, dayLong, dayText, roughly } from "./time";

const kPause = 180; // ms without a key before the server is asked

interface Choice {
  station: string;
  at: number;
  what: string;
  when: string;
  time: boolean;
  disabled: boolean;
}

const text = signal("");
const choices = signal<Choice[]>([]);
const answered = signal(false);
const active = signal(-1);
const open = signal(false);

let timer = 0;
let running: AbortController | null = null;

function timeChoice(when: When): Choice {
  const zone = factsOf(when.station)?.timezone ?? "UTC";
  const ahead = when.unix > serverNow();
  return {
    station: when.station,
    at: when.unix,
    what: `${T.search.goTo} ${dayLong(when.unix, zone)}, ${clockHms(when.unix, zone)}`,
    when: ahead ? T.search.ahead : T.search.ago(roughly(when.ago)),
    time: true,
    disabled: ahead,
  };
}

function titleChoice(title: Title): Choice {
  const facts = factsOf(title.station);
  const zone = facts?.timezone ?? "UTC";
  return {
    station: title.station,
    at: title.at,
    what: title.title,
    when: `${facts?.name ?? title.station}, ${dayText(title.at, zone)} ${clockHm(title.at, zone)}`,
    time: false,
    disabled: false,
  };
}

async function ask(words: string) {
  running?.abort();
  const control = (running = new AbortController());
  const [time, found] = await Promise.allSettled([
    whatTimeIs(station.value, words, control.signal),
    words.length > 1 ? searchTitles(words, control.signal) : Promise.resolve([]),
  ]);
  if (control.signal.aborted) return;
  const next: Choice[] = [];
  if (time.status === "fulfilled") next.push(timeChoice(time.value));
  if (found.status === "fulfilled") next.push(...found.value.map(titleChoice));
  choices.value = next;
  active.value = next.findIndex((each) => !each.disabled);
  answered.value = true;
  open.value = true;
}

function type(words: string) {
  text.value = words;
  clearTimeout(timer);
  if (!words.trim()) {
    running?.abort();
    choices.value = [];
    answered.value = open.value = false;
    return;
  }
  timer = window.setTimeout(() => void ask(words.trim()), kPause);
}

function take(choice: Choice | undefined) {
  if (!choice || choice.disabled) return;
  open.value = false;
  void play(choice.station, choice.at);
  show(choice.at, 1800, 0.3);
  following.value = true;
}

export function Search() {
  const field = useRef<HTMLInputElement>(null);
  const keys = (event: KeyboardEvent) => {
    const count = choices.value.length;
    if (event.key === "Escape") {
      open.value = false;
      field.current?.blur();
    } else if (event.key === "Enter") {
      take(choices.value[active.value]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count > 0) {
      open.value = true;
      active.value = (active.value + (event.key === "ArrowDown" ? 1 : count - 1) + count) % count;
    } else {
      return;
    }
    event.preventDefault();
  };
  const shown = open.value && answered.value;
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input ref={field} id="search" type="search" role="combobox" autoComplete="off" spellcheck={false}
        aria-label={T.search.label} placeholder={T.search.placeholder} aria-expanded={shown}
        aria-controls="choices" aria-autocomplete="list"
        aria-activedescendant={shown && active.value >= 0 ? `choice-${active.value}` : undefined}
        value={text.value} onInput={(event) => type(event.currentTarget.value)} onKeyDown={keys}
        onFocus={() => (open.value = choices.value.length > 0)}
        onBlur={() => setTimeout(() => (open.value = false), 150)} />
      <span class="hidden" role="status">{shown ? T.search.results(choices.value.length) : ""}</span>
      <ul id="choices" role="listbox" aria-label={T.search.label} hidden={!shown}>
        {choices.value.map((each, i) => (
          <li key={`${each.station}${each.at}${each.what}`} id={`choice-${i}`} role="option"
            aria-selected={i === active.value} aria-disabled={each.disabled}
            class={each.time ? "time" : ""} onPointerMove={() => (active.value = i)}
            onClick={() => take(each)}>
            <span>{each.what}</span><span class="soft">{each.when}</span>
          </li>
        ))}
        {shown && choices.value.length === 0 && (
          <li role="option" aria-selected={false} aria-disabled={true} class="soft">{T.search.none}</li>
        )}
      </ul>
    </div>
  );
}
