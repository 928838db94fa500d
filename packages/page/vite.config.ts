import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** What the first script asks for at once is fetched beside it: the browser knows it from the HTML. */
const preloadDrawing: Plugin = {
  name: "preload-drawing",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle = {} }) {
      const drawing = Object.values(bundle).find((each) => each.type === "chunk" && each.name === "begin");
      if (drawing?.type !== "chunk") throw new Error("what draws the page is a chunk of its own");
      const files = [drawing.fileName, ...drawing.imports].filter((file) => !html.includes(file));
      const styles = [drawing, ...drawing.imports.map((file) => bundle[file])].flatMap((each) =>
        each?.type === "chunk" ? [...(each.viteMetadata?.importedCss ?? [])] : [],
      );
      return [
        ...files.map((file) => ({ rel: "modulepreload", href: `./${file}` })),
        ...[...new Set(styles)]
          .filter((file) => !html.includes(file))
          .map((file) => ({ rel: "stylesheet", href: `./${file}` })),
      ].map((attrs) => ({ tag: "link", attrs: { ...attrs, crossorigin: true }, injectTo: "head" as const }));
    },
  },
};

/** Of these, the page and its workers take what they use: importing them does nothing by itself. */
const treeshake = {
  moduleSideEffects: (id: string) => !/\/packages\/(?:contracts|files|micro|person|trust)\/src\//.test(id),
};

export default defineConfig({
  // The page may stand below a path of somebody's proxy.
  base: "./",
  plugins: [react(), preloadDrawing],
  // Workers load what they share as the page does.
  worker: { format: "es", rolldownOptions: { treeshake } },
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
        codeSplitting: {
          groups: [
            // What seldom changes is fetched once and kept, whatever becomes of the rest.
            { name: "react", test: /node_modules\/(?:react|react-dom|scheduler)\//, priority: 3 },
            // What the first script needs before anything is drawn, without waiting for what draws.
            {
              name: "start",
              test: /\/page\/src\/(?:app\/kept|device\/link|trusted|engine\/(?:connect|remote|engine-error)|i18n\/(?:spoken|en))\.ts$/,
              priority: 2,
            },
            // What several views share is one file, and not a dozen.
            {
              name: "common",
              test: /\/page\/src\/(?:app|catalog|i18n|library|media|transfers|viewer)\//,
              minShareCount: 2,
              priority: 1,
            },
          ],
        },
      },
      treeshake,
    },
  },
});
