// SPDX-License-Identifier: MIT
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { address } from "./api";
import { Cards } from "./cards";
import { Icon } from "./icons";
import { MarkPanel } from "./mark";
import { Operator, opened } from "./operator";
import { choose, muted, nudge, position, state, station, titleNow, toggle, toLive } from "./player";
import { Search } from "./search";
import { connected, known, order, serverNow, stations, watch } from "./store";
import { setMark, Tape } from "./tape/Tape";
import { following, mark, markFrom, show, showNow, span, zoom } from "./tape/view";
import { switchTheme, theme } from "./theme";
import { T } from "./texts";
import { basic, fromBasic } from "./time";
import { markHere, Transport } from "./transport";

const keysShown = signal(false);

function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (keysShown.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [keysShown.value]);
  return (
    <dialog ref={dialog} class="keys" aria-labelledby="keys" onClose={() => (keysShown.value = false)}
      onClick={(event) => { if (event.target === dialog.current) keysShown.value = false; }}>
      <h2 id="keys">{T.keys.title}</h2>
      <dl>{T.keys.list.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <button type="button" onClick={() => (keysShown.value = false)}>{T.operator.close}</button>
    </dialog>
  );
}

function Page() {
  return (
    <>
      <a class="skip" href="#cards">{T.skip}</a>
      <header class="bar-top">
        <div class="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true"><rect x="1" y="5.500" width="30" height="21" rx="3.500" class="shell" /><rect x="5" y="9.500" width="22" height="9.500" rx="4.750" class="reel" /><circle cx="10" cy="14.250" r="2.600" class="hub" /><circle cx="22" cy="14.250" r="2.600" class="record" /><path d="M8.500 26.500l1.700-4h11.600l1.700 4" class="foot" /></svg>
          <h1>Aircheck <span>{T.tagline}</span></h1>
        </div>
        <Search />
        <div class="tools">
          <span class={`link ${connected.value ? "" : "lost"}`} role="status">
            <i aria-hidden="true" />
            <span>{connected.value ? T.connection.live : known.value ? T.connection.lost : T.connection.first}</span>
          </span>
          <button type="button" class="plain" aria-label={theme.value === "dark" ? T.theme.toLight : T.theme.toDark} onClick={switchTheme}>
            <Icon name={theme.value === "dark" ? "sun" : "moon"} />
          </button>
          <button type="button" class="plain wide" aria-label={T.operator.open} onClick={() => (opened.value = true)}>
            <Icon name="desk" /><span>{T.operator.open}</span>
          </button>
        </div>
      </header>
      <main>
        <Tape />
        <MarkPanel />
        <Cards />
      </main>
      {known.value && <footer>
        <button type="button" class="text" onClick={() => (keysShown.value = true)}>{T.keys.open}</button>
        <a href={address("help")}>{T.footer.help}</a>
        <a href={address("?plain")}>{T.footer.plain}</a>
        {station.value && <a href={address(`${station.value}/coverage.svg`)}>{T.footer.coverage}</a>}
      </footer>}
      <Transport />
      <Operator />
      <Keys />
    </>
  );
}

/// "#kpcc@20261120T203000Z+90s": a moment or a span that somebody has shared.
function openShared() {
  const m = /^#([a-z0-9-]+)@(\d{8}T\d{6}Z)(?:\+(\d+)s)?$/.exec(decodeURIComponent(location.hash));
  const t = m ? fromBasic(m[2]!) : null;
  if (!m || t === null || !stations.has(m[1]!)) return false;
  choose(m[1]!);
  const length = Number(m[3] ?? 0);
  position.value = t;
  state.value = "paused";
  following.value = false;
  show(t + length / 2, Math.max(600, length * 1.6));
  // Another station has no mark yet, and forgets the one that there was.
  if (length > 0) queueMicrotask(() => setMark(t, t + length));
  return true;
}

effect(() => {
  if (!known.value || station.peek() || order.value.length === 0) return;
  if (openShared()) return;
  const last = localStorage.getItem("station") ?? "";
  choose(stations.has(last) ? last : order.value[0]!);
  // Who has just begun to record sees that, and not an hour of nothing.
  const first = stations.get(station.value)?.facts.peek().first ?? serverNow();
  if (serverNow() - first < 1200) span.value = 600;
  showNow();
});

effect(() => {
  if (station.value) localStorage.setItem("station", station.value);
});

window.addEventListener("hashchange", openShared);

effect(() => {
  const name = stations.get(station.value)?.facts.value.name;
  const playing = state.value === "playing";
  document.title = playing && name ? `${titleNow.value || name} · Aircheck` : "Aircheck";
});

// An address of what is heard, for whoever copies it from the browser. Not while it plays: that
// would be a new one each second.
effect(() => {
  if (state.value !== "paused" || position.value === null || mark.value) return;
  history.replaceState(null, "", `#${station.value}@${basic(position.value)}`);
});

document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && (target as HTMLInputElement).type !== "range";
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const onButton = target.tagName === "BUTTON" || target.tagName === "A" || target.tagName === "SUMMARY";
  const act: Record<string, () => void> = {
    k: toggle,
    l: toLive,
    m: () => (muted.value = !muted.value),
    j: () => nudge(-15),
    ArrowLeft: () => nudge(event.shiftKey ? -60 : -15),
    ArrowRight: () => nudge(event.shiftKey ? 60 : 15),
    "+": () => zoom(0.5),
    "-": () => zoom(2),
    "[": () => { markFrom.value = null; markHere(); },
    "]": markHere,
    Escape: () => { mark.value = null; markFrom.value = null; },
    "/": () => document.getElementById("search")?.focus(),
    "?": () => (keysShown.value = true),
    ...(onButton ? {} : { " ": toggle }),
  };
  const does = act[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

watch();
render(<Page />, document.getElementById("page")!);
