// SPDX-License-Identifier: MIT
import { Icon, Jump } from "./icons";
import {
  isLive, muted, nudge, position, rate, second, setRate, state, station, titleNow, toggle, toLive, trouble,
  volume,
} from "./player";
import { factsOf, serverNow } from "./store";
import { setMark } from "./tape/Tape";
import { markFrom, zone } from "./tape/view";
import { T } from "./texts";
import { clockHms, dayText, roughly } from "./time";

const kRates = [0.75, 1, 1.25, 1.5, 2];

/// Begins a mark at what is heard, or ends it there.
export function markHere() {
  const t = position.value ?? serverNow();
  if (markFrom.value === null) markFrom.value = t;
  else setMark(markFrom.value, t);
}

function Status() {
  const facts = factsOf(station.value);
  const t = second.value;
  if (trouble.value) return <p class="status trouble" role="status">{trouble.value}</p>;
  if (!facts || t === null) return <p class="status soft">{T.player.idle}</p>;
  const behind = serverNow() - t;
  const day = dayText(t, zone.value);
  return (
    <p class="status">
      <span class="station">{facts.name}</span>
      <span class="at"><b>{clockHms(t, zone.value)}</b> {day !== dayText(serverNow(), zone.value) && day}</span>
      <span class="soft ago">
        {state.value === "loading" ? T.player.buffering
          : isLive.value ? T.player.atLive : T.player.behind(roughly(behind))}
      </span>
      <span class="soft title">{titleNow.value}</span>
    </p>
  );
}

export function Transport() {
  const playing = state.value === "playing" || state.value === "loading";
  const here = second.value !== null;
  return (
    <section class="transport" aria-label={T.player.play} data-state={state.value}>
      <Status />
      <div class="buttons">
        <button type="button" class="plain" aria-label={T.player.back} disabled={!here} onClick={() => nudge(-15)}><Jump forward={false} /></button>
        <button type="button" class="round big" aria-label={playing ? T.player.pause : T.player.play}
          disabled={!station.value} onClick={toggle}>
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <button type="button" class="plain" aria-label={T.player.forward} disabled={!here || isLive.value} onClick={() => nudge(15)}><Jump forward /></button>
        <button type="button" class={`live ${isLive.value && playing ? "on" : ""}`} aria-label={T.player.toLive}
          disabled={!station.value} onClick={toLive}><i aria-hidden="true" />{T.player.live}</button>
      </div>
      <div class="more">
        <button type="button" class={`plain wide ${markFrom.value !== null ? "on" : ""}`} disabled={!station.value}
          onClick={markHere}>
          <Icon name="mark" /><span>{markFrom.value === null ? T.player.mark : T.player.markEnd}</span>
        </button>
        <label class="speed"><span class="hidden">{T.player.speed}</span>
          <select value={String(rate.value)} disabled={isLive.value}
            onChange={(event) => setRate(Number(event.currentTarget.value))}>
            {kRates.map((each) => <option key={each} value={String(each)}>{each}×</option>)}
          </select>
        </label>
        <div class="volume">
          <button type="button" class="plain" aria-label={muted.value ? T.player.unmute : T.player.mute}
            aria-pressed={muted.value} onClick={() => (muted.value = !muted.value)}>
            <Icon name={muted.value || volume.value === 0 ? "quiet" : "sound"} />
          </button>
          <input type="range" min="0" max="1" step="0.02" aria-label={T.player.volume} value={volume.value}
            onInput={(event) => { volume.value = Number(event.currentTarget.value); muted.value = false; }} />
        </div>
      </div>
    </section>
  );
}
