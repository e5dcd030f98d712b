import { defineConfig } from "vite";

// Where the platform is that `npm run dev` passes requests on to.
const platform = process.env["TARRY_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  // index.html is served at the app's routes, everything else beneath this path.
  base: "/front/",
  build: {
    target: "es2022",
    manifest: "manifest.json", // the bundle budget reads it
    assetsInlineLimit: 0, // nothing inline: the portal's policy forbids it
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: "es" },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/pages", "/static"].map((path) => [path, { target: platform }]),
    ),
  },
});
