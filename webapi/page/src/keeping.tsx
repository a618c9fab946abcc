// SPDX-License-Identifier: MIT
// What is moved and kept where, and the end of the log: for the operator.

import { useEffect, useRef } from "preact/hooks";
import { keeping, lines, refused } from "./backstage";
import { T } from "./texts";
import { roughly, size } from "./time";

export function Cloud({ now }: { now: number }) {
  const k = keeping.value;
  if (!k) return null;
  const broken = k.cloud !== "" && k.cloud !== "works";
  return (
    <>
      <h3>{T.operator.keeping}</h3>
      <p class="moved">{T.operator.moved(size(k.moved))}</p>
      {k.cloud === "" && <p class="soft">{T.operator.noCloud}</p>}
      {k.cloud !== "" && (
        <>
          <p class={broken ? "bad cloud-state" : "cloud-state"}>
            {T.operator.cloudState[k.cloud] ?? k.cloud}
            {broken && k.since !== null && ` (${T.operator.cloudSince(roughly(now - k.since))})`}
            {k.error && `: ${k.error}`}
          </p>
          <p>{T.operator.stored(size(k.stored), k.cost === null ? "" : k.cost.toFixed(2))}{" "}
            {k.waiting > 0 && T.operator.waiting(size(k.waiting))}</p>
        </>
      )}
    </>
  );
}

/// Stays at its end, unless somebody has gone back to read.
export function Log() {
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  const text = lines.value.join("\n");
  useEffect(() => {
    const element = box.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [text]);
  return (
    <>
      <h3>{T.operator.logTail}</h3>
      {refused.value
        ? <p class="soft">{refused.value} {T.operator.logRefused}</p>
        : (
          <pre ref={box} class="tail" tabIndex={0} role="log" aria-label={T.operator.logTail}
            onScroll={(event) => {
              const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
              atEnd.current = scrollHeight - scrollTop - clientHeight < 8;
            }}>{text || T.operator.noLines}</pre>
        )}
    </>
  );
}
