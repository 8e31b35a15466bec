// Builds the elements and styles of the pages into the application's static folder.
import { defineConfig } from "vite";

// Every browser that can run the map reads woff2; the older copies would double the installation.
const onlyWoff2 = {
  name: "only-woff2",
  enforce: "pre",
  transform(code, id) {
    return id.includes("@fontsource") && id.endsWith(".css")
      ? code.replaceAll(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, "")
      : null;
  },
};

export default defineConfig({
  base: "/static/build/",
  publicDir: false,
  plugins: [onlyWoff2],
  worker: { format: "es" },
  build: {
    outDir: "../src/lantu/interfaces/web/static/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // A font or picture inside the styles would need data: in the security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: ["src/shell.ts", "src/chart.ts", "src/map/map.ts", "src/submissions.ts"] },
  },
});
