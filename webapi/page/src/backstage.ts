// SPDX-License-Identifier: MIT
// What only those may see who may operate: the log, and how the pruner and the cloud do. It comes
// as the other events do, but with the token, which a browser's own EventSource cannot send.

import { signal } from "@preact/signals";
import { address } from "./api";

export interface Keeping {
  moved: number; // bytes since the pruner was started
  next_prune: number | null;
  cloud: string; // works, down, refused; "" where there is none
  error: string;
  since: number | null;
  waiting: number; // bytes that should be in the cloud
  stored: number; // bytes that are
  cost: number | null; // a month
}

const kLines = 200;
const kRetry = 2000;

export const lines = signal<string[]>([]);
export const keeping = signal<Keeping | null>(null);
export const refused = signal(""); // why nothing may be seen

function hear(event: string, data: string) {
  if (event === "log") {
    const fresh = (JSON.parse(data) as { lines: string[] }).lines;
    lines.value = [...lines.value, ...fresh].slice(-kLines);
  } else if (event === "keeping") {
    keeping.value = JSON.parse(data) as Keeping;
  }
}

/// "event: log\ndata: {…}"
function hearBlock(block: string) {
  const field = (name: string) =>
    block.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  hear(field("event"), field("data"));
}

async function listen(token: string, control: AbortController) {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(address("events?operator"), { headers, signal: control.signal });
  if (answer.status === 403) {
    const fields = (await answer.json()) as { error: string };
    refused.value = fields.error;
    control.abort();
    return;
  }
  if (!answer.ok || !answer.body) return;
  refused.value = "";
  lines.value = []; // all are told again
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop()!;
    blocks.forEach(hearBlock);
  }
}

/// Until what it answers is called.
export function watchBackstage(token: string) {
  const control = new AbortController();
  const again = async () => {
    try {
      await listen(token, control);
    } catch {
      // The line is dead, or nobody wants to know any more.
    }
    if (!control.signal.aborted) setTimeout(again, kRetry);
  };
  void again();
  return () => control.abort();
}
