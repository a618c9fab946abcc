// SPDX-License-Identifier: MIT
// For whoever runs it: processes, disk, other machines, and what may be asked of them.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { address } from "./api";
import { watchBackstage } from "./backstage";
import { Icon } from "./icons";
import { Cloud, Log } from "./keeping";
import {
  about, disk, happenings, machines, nextPrune, restart, serverNow, workers, type Worker,
} from "./store";
import { T } from "./texts";
import { clockHms, duration, roughly, size } from "./time";

export const opened = signal(false);

const token = signal(sessionStorage.getItem("token") ?? "");
const said = signal<{ text: string; bad: boolean } | null>(null);
const now = signal(0);

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

async function order(what: string) {
  said.value = null;
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token.value) headers.Authorization = `Bearer ${token.value}`;
  try {
    const answer = await fetch(address(what), { method: "POST", headers });
    const fields = (await answer.json()) as { text?: string; error?: string; hint?: string };
    said.value = answer.ok
      ? { text: fields.text ?? T.operator.asked, bad: false }
      : { text: [fields.error, fields.hint].filter(Boolean).join(" "), bad: true };
  } catch {
    said.value = { text: T.operator.noAnswer, bad: true };
  }
}

function Workers() {
  const all = Object.values(workers.value).sort((a, b) => (a.name < b.name ? -1 : 1));
  const quiet = (each: Worker) => now.value - each.heard;
  return (
    <div class="table" tabIndex={0} role="region" aria-label={T.operator.workers}>
      <table>
        <thead><tr>{T.operator.columns.map((each) => <th key={each} scope="col">{each}</th>)}</tr></thead>
        <tbody>
          {all.map((each) => (
            <tr key={each.name}>
              <th scope="row">{each.name}</th>
              <td>{quiet(each) < 4
                ? <span class="beat" key={Math.floor(each.heard)}><i aria-hidden="true" />{T.operator.beat}</span>
                : <span class="bad">{T.operator.silent(roughly(quiet(each)))}</span>}</td>
              <td>{each.generation}</td>
              <td class={each.restarts ? "some" : ""}>{each.restarts ?? 0}</td>
              <td>{roughly(each.uptime)}</td>
              <td>{size(each.memory)}</td>
              <td>{each.pid}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Restart() {
  const last = restart.value;
  return (
    <div class="restart">
      <button type="button" class="strong" onClick={() => void order("restart")}>{T.operator.restart}</button>
      <p class="soft">{T.operator.restartHint}</p>
      <div role="status" class="steps">
        {last && (
          <p class={last.event === "failed" ? "bad" : ""} data-event={last.event}>
            <b>{clockHms(last.time, zone)}</b>{" "}
            {T.operator.step(T.operator.steps[last.event] ?? last.event, duration(last.elapsed))}{" "}
            {last.event === "done" && T.operator.result(last.exact, last.stations, last.lost, last.doubled)}
            {last.event === "failed" && last.reason}
          </p>
        )}
      </div>
    </div>
  );
}

function Disk() {
  const d = disk.value;
  if (!d || d.total === 0) return null;
  const other = Math.max(0, d.total - d.free - d.used);
  const share = (bytes: number) => ({ width: `${Math.min(100, (bytes / d.total) * 100)}%` });
  return (
    <>
      <h3>{T.operator.disk}</h3>
      <div class="bar" aria-hidden="true">
        <i class="other" style={share(other)} /><i class="own" style={share(Math.max(d.used, d.total * 0.002))} />
      </div>
      <p>{T.operator.used(size(d.used), size(d.free))}.{d.rate > 0 && ` ${T.operator.grows(size(d.rate * 86400))}.`}</p>
      {d.rate > 0 && <p class={d.full_in !== null && d.full_in < 7 * 86400 ? "bad" : ""}>
        {d.full_in !== null ? T.operator.full(roughly(d.full_in)) : T.operator.levels(size(d.at_most))}
      </p>}
    </>
  );
}

function Tidy() {
  return (
    <p class="pruner">
      {nextPrune.value !== null && nextPrune.value > now.value
        ? T.operator.nextPrune(roughly(nextPrune.value - now.value)) : T.operator.pruneDue}{" "}
      <button type="button" onClick={() => void order("prune")}>{T.operator.prune}</button>
    </p>
  );
}

function Machines() {
  return (
    <>
      <h3>{T.operator.machines}</h3>
      {machines.value.length === 0 && <p class="soft">{T.operator.noMachines}</p>}
      <ul class="machines">
        {machines.value.map((each) => (
          <li key={each.machine} class={each.event === "silent" ? "bad" : ""}>
            <b>{each.machine}</b> {T.operator.machineState[each.event] ?? each.event}{" "}
            <span class="soft">{each.heard ? T.operator.heard(roughly(now.value - each.heard)) : T.operator.never}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Operator() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = opened.value;
  useEffect(() => {
    const element = dialog.current!;
    if (isOpen && !element.open) element.showModal();
    if (!isOpen && element.open) element.close();
    if (!isOpen) return;
    const look = () => (now.value = serverNow());
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [isOpen]);
  const key = token.value;
  useEffect(() => (isOpen ? watchBackstage(key) : undefined), [isOpen, key]);
  return (
    <dialog ref={dialog} class="operator" aria-labelledby="operator" onClose={() => (opened.value = false)}
      onClick={(event) => { if (event.target === dialog.current) opened.value = false; }}>
      {isOpen && (
        <div class="inside">
          <header>
            <div>
              <h2 id="operator">{T.operator.title}</h2>
              {about.value && <p class="soft">{T.operator.about(about.value.version, roughly(about.value.uptime + now.value - about.value.at))}</p>}
            </div>
            <button type="button" class="plain" aria-label={T.operator.close} onClick={() => (opened.value = false)}><Icon name="close" /></button>
          </header>
          <Restart />
          {said.value && <p role="status" class={said.value.bad ? "bad said" : "said"}>{said.value.text}</p>}
          <label class="token"><span>{T.operator.token}</span>
            <input type="password" autoComplete="off" value={token.value} aria-describedby="token-hint"
              onInput={(event) => {
                token.value = event.currentTarget.value.trim();
                sessionStorage.setItem("token", token.value);
              }} />
            <span class="soft" id="token-hint">{T.operator.tokenHint}</span>
          </label>
          <h3>{T.operator.workers}</h3>
          <Workers />
          <Disk />
          <Tidy />
          <Cloud now={now.value} />
          <Machines />
          <h3>{T.operator.log}</h3>
          {happenings.value.length === 0 && <p class="soft">{T.operator.nothingHappened}</p>}
          <ol class="log" tabIndex={0} aria-label={T.operator.log}>
            {happenings.value.map((each, i) => (
              <li key={`${each.time}${i}`} class={each.bad ? "bad" : ""}><b>{clockHms(each.time, zone)}</b> {each.text}</li>
            ))}
          </ol>
          <Log />
        </div>
      )}
    </dialog>
  );
}
