import { defineConfig } from "vitest/config";

/** Suites on the composed system that have a command each, `npm run test:NAME`, and run only by it. */
const suites = "test/{journeys,attacks,faults,page}/**";
/** The same on containers, which are built before. What takes them away again takes longer, and has its own command. */
const containers = "test/{containers,outages}/**";

/** Tests are told apart by what they need: nothing, a real nats-server, or the composed system. */
const named = (name: string, include: string, exclude: string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include: [include],
    exclude: ["**/node_modules/**", "**/dist/**", ...exclude],
    globalSetup: setups[name] ?? ["test/nats-server.setup.ts"],
  },
});
const setups: Readonly<Record<string, string[]>> = { unit: [], containers: ["test/containers/images.setup.ts"] };
const anywhere = "{packages,scripts,services,test,deploy}/**";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores carry a nats-server for each file beside the test itself.
    maxWorkers: 2,
    // A test that claims nothing shows nothing.
    // What is waited for comes when it comes: a bound is there for what never does.
    expect: { requireAssertions: true, poll: { timeout: 20_000 } },
    setupFiles: ["test/seed.setup.ts"],
    projects: [
      named("unit", `${anywhere}/*.test.{ts,tsx}`, ["**/*.{int,e2e}.test.ts", suites, containers]),
      named("int", `${anywhere}/*.int.test.ts`, [suites]),
      named("e2e", `${anywhere}/*.e2e.test.ts`, [suites]),
      named("suites", `${suites}/*.test.{ts,tsx}`),
      named("containers", `${containers}/*.test.ts`),
    ],
  },
});
