// SPDX-License-Identifier: MIT

import type { TapeData } from "../api";
import type { Colours } from "./draw";

/// All that is kept, in a strip.
export function drawStrip(
  c: CanvasRenderingContext2D, width: number, height: number, from: number, span: number,
  tape: TapeData | null, colours: Colours, window: [number, number] | null, position: number | null,
) {
  const x = (t: number) => ((t - from) / span) * width;
  c.clearRect(0, 0, width, height);
  c.fillStyle = colours.line;
  c.globalAlpha = 0.5;
  c.fillRect(0, 0, width, height);
  c.globalAlpha = 1;
  if (tape) {
    for (const [a, b, place] of tape.stored) {
      c.fillStyle = place === "cloud" ? colours.cloud : colours.ribbon;
      c.fillRect(x(a), 0, Math.max(1, x(b) - x(a)), height);
    }
    for (const gap of tape.gaps) {
      const part = gap.missing / Math.max(0.001, gap.to - gap.from);
      const share = part > 0.6 ? 1 : Math.max(0.3, part);
      c.fillStyle = colours.back;
      const wide = Math.max(1.5, x(gap.to) - x(gap.from));
      c.fillRect(x(gap.from), height * (1 - share), wide, height * share);
      c.fillStyle = colours.gapLine;
      c.globalAlpha = 0.8;
      c.fillRect(x(gap.from), height * (1 - share), wide, height * share);
      c.globalAlpha = 1;
    }
  }
  if (position !== null) {
    c.fillStyle = colours.accent;
    c.fillRect(x(position) - 1, 0, 2.5, height);
  }
  if (window) {
    const left = Math.max(1, x(window[0]));
    const right = Math.min(width - 1, x(window[1]));
    c.strokeStyle = colours.text;
    c.lineWidth = 1.5;
    c.strokeRect(left, 1, Math.max(3, right - left), height - 2);
  }
}
