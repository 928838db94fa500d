import { defineConfig } from "vitest/config";

/** Tests are told apart by what they need: nothing, a real nats-server, or the composed system. */
const named = (name: string, include: string, exclude: string[] = []) => ({
  test: {
    name,
    include: [`{packages,services,test}/**/${include}`],
    exclude: ["**/node_modules/**", "**/dist/**", ...exclude],
  },
});

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores carry a nats-server for each file beside the test itself.
    maxWorkers: 2,
    projects: [
      { extends: true, ...named("unit", "*.test.{ts,tsx}", ["**/*.{int,e2e}.test.ts"]) },
      { extends: true, ...named("int", "*.int.test.ts") },
      { extends: true, ...named("e2e", "*.e2e.test.ts") },
    ],
  },
});
