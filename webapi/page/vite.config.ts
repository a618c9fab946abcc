// SPDX-License-Identifier: MIT
import { defineConfig } from "vite";

// AIRCHECK=http://127.0.0.1:5000 npm run dev: the page as it is being written, on a real radio.
const radio = process.env.AIRCHECK ?? "http://127.0.0.1:5000";

export default defineConfig({
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2021",
    assetsInlineLimit: 0, // what is inlined is no 'self' to the page's policy
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      "^/(?!@|src/|node_modules/|$)": { target: radio, changeOrigin: true },
    },
  },
});
