// SPDX-License-Identifier: MIT
// How loud the sound is, as a wave along the tape.

import type { TapeData } from "../api";

const kQuietest = -66; // dBFS; below that it is a line

/// From 0 to 1.
const height = (level: number) => Math.min(1, Math.max(0, 1 - level / kQuietest));

/// The wave between `top` and `bottom`: the loudest moments faintly, the mean on top of that.
export function drawWave(
  c: CanvasRenderingContext2D, tape: TapeData, x: (t: number) => number, width: number,
  top: number, bottom: number, colour: string,
) {
  const { step, loudest, mean } = tape.loudness;
  if (step <= 0) return;
  const middle = (top + bottom) / 2;
  const most = (bottom - top) / 2;
  const wide = x(tape.from + step) - x(tape.from);
  // Where steps are narrower than a pixel, one bar stands for several.
  const stride = Math.max(1, Math.ceil(1 / wide));
  const first = Math.max(0, Math.floor((-x(tape.from)) / wide));
  const last = Math.min(loudest.length, Math.ceil((width - x(tape.from)) / wide));
  const bars = (levels: (number | null)[]) => {
    c.beginPath();
    for (let i = first - (first % stride); i < last; i += stride) {
      let level = -Infinity;
      for (let j = i; j < Math.min(i + stride, last); j++) level = Math.max(level, levels[j] ?? -Infinity);
      if (level === -Infinity) continue;
      const high = Math.max(0.75, height(level) * most);
      c.rect(x(tape.from + i * step), middle - high, wide * stride, 2 * high);
    }
    c.fill();
  };
  c.fillStyle = colour;
  c.globalAlpha = 0.4;
  bars(loudest);
  c.globalAlpha = 0.75;
  bars(mean);
  c.globalAlpha = 1;
}
