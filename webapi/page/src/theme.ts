// SPDX-License-Identifier: MIT
import { effect, signal } from "@preact/signals";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

const chosen = () => {
  const kept = localStorage.getItem("theme");
  return kept === "dark" || kept === "light" ? kept : null;
};

export const theme = signal<"dark" | "light">(chosen() ?? (dark.matches ? "dark" : "light"));

dark.addEventListener("change", () => {
  if (!chosen()) theme.value = dark.matches ? "dark" : "light";
});

export function switchTheme() {
  theme.value = theme.value === "dark" ? "light" : "dark";
  localStorage.setItem("theme", theme.value);
}

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
