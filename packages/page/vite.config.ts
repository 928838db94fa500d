import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // The page may stand below a path of somebody's proxy.
  base: "./",
  plugins: [react()],
  // Workers load what they share as the page does.
  worker: { format: "es" },
  build: {
    target: "es2023",
    // Every file is one that the policy of the page can name: nothing is put into the HTML or into a data URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", "service-worker": "src/workers/service-worker.ts" },
      output: {
        // A service worker has one address for ever, by which the browser finds a newer one; it imports nothing.
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "assets/[name]-[hash].js"),
        // What seldom changes is fetched once and kept, whatever becomes of the rest.
        codeSplitting: {
          groups: [{ name: "react", test: /node_modules\/(?:react|react-dom|scheduler)\// }],
        },
      },
      treeshake: {
        // Of these, the page takes what it uses: importing them does nothing by itself.
        moduleSideEffects: (id) => !/\/packages\/(?:contracts|trust)\/src\//.test(id),
      },
    },
  },
});
