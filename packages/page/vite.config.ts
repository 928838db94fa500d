import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // The page may stand below a path of somebody's proxy.
  base: "./",
  plugins: [react()],
  build: {
    target: "es2023",
    // Every file is one that the policy of the page can name: nothing is put into the HTML or into a data URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What seldom changes is fetched once and kept, whatever becomes of the rest.
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(?:react|react-dom|scheduler)\// },
            { name: "nats", test: /node_modules\/(?:@nats-io|tweetnacl)\// },
          ],
        },
      },
      treeshake: {
        // Of these, the page takes what it uses: importing them does nothing by itself.
        moduleSideEffects: (id) => !/\/packages\/(?:contracts|trust)\/src\//.test(id),
      },
    },
  },
});
