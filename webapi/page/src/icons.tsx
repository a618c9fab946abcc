// SPDX-License-Identifier: MIT
// Drawn for this page; 24 by 24.

const kPaths = {
  play: "M8 5.2v13.6c0 .8.9 1.3 1.6.9l10.6-6.8c.6-.4.6-1.4 0-1.8L9.600 4.300c-.7-.4-1.600.1-1.600.9z",
  pause: "M7 4.500h3.200v15H7zM13.800 4.500H17v15h-3.200z",
  sound: "M4 9.500v5h3.500l5 4.200V5.300l-5 4.200zM15.500 8.600c1.900 1.500 1.900 5.300 0 6.800M17.900 6c3.500 3 3.500 9 0 12",
  quiet: "M4 9.500v5h3.500l5 4.200V5.300l-5 4.200zM16 9.500l5 5M21 9.500l-5 5",
  search: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.300 15.300L20.500 20.500",
  close: "M5.500 5.500l13 13M18.500 5.500l-13 13",
  desk: "M6 4v4.500M6 13.500V20M12 4v9.500M12 18.500V20M18 4v2.500M18 11.500V20M3.500 11h5M9.500 16h5M15.500 9h5",
  sun: "M12 7.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM12 2v2.500M12 19.500V22M2 12h2.500M19.500 12H22M5 5l1.700 1.700M17.300 17.300L19 19M19 5l-1.700 1.700M6.700 17.300L5 19",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  minus: "M5 12h14",
  plus: "M5 12h14M12 5v14",
  download: "M12 4v11M7 10.500l5 5 5-5M5 19.500h14",
  link: "M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1",
  repeat: "M5 12a6 6 0 0 1 6-6h7M15.500 3l3 3-3 3M19 12a6 6 0 0 1-6 6H6M8.500 21l-3-3 3-3",
  mark: "M4 5v14M20 5v14M4 12h16",
};

const kSolid = new Set(["play", "pause"]);

export type IconName = keyof typeof kPaths;

export function Icon({ name }: { name: IconName }) {
  const solid = kSolid.has(name);
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"
      fill={solid ? "currentColor" : "none"} stroke={solid ? "none" : "currentColor"}
      stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round">
      <path d={kPaths[name]} />
    </svg>
  );
}

/// The wheel of fifteen seconds.
export function Jump({ forward }: { forward: boolean }) {
  return (
    <svg class="icon jump" viewBox="0 0 28 28" aria-hidden="true" fill="none" stroke="currentColor"
      stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round">
      <g transform={forward ? "matrix(-1 0 0 1 28 0)" : undefined}>
        <path d="M8 5.500a10.500 10.500 0 1 1-4.300 7M8.500 1.800L7.600 6l4.200.9" />
      </g>
      <text x="14" y="18.200" text-anchor="middle" font-size="9" font-weight="700" fill="currentColor" stroke="none">15</text>
    </svg>
  );
}
