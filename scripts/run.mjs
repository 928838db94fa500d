// Runs a command with the project's own tools: `node scripts/run.mjs [--build] COMMAND [ARGUMENT …]`.
// Plain JavaScript for any Node ≥ 20, since it is what brings Node 24 and everything else to a clean clone. Standard
// output belongs to the command alone: with --json a program reads it. `--build` has everything built before.
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file) => {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return undefined;
  }
};
const orExit = (code) => {
  if (code !== 0) process.exit(code);
};

// pnpm keeps a copy of the lock file that it installed from, so that equal means up to date.
if (read("pnpm-lock.yaml") !== read("node_modules/.pnpm/lock.yaml")) {
  const { packageManager } = JSON.parse(read("package.json"));
  // What is cached is not asked for again, so that a second clone needs no network.
  const install = ["--yes", "--prefer-offline", packageManager, "install", "--frozen-lockfile", "--prefer-offline"];
  orExit(await runChild("npx", install, { cwd: root, says: "on-stderr" }));
}

const env = {
  ...process.env,
  PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH,
  // Seen to just now; pnpm need not look again for each package.
  pnpm_config_verify_deps_before_run: "false",
  // What is built and tested here is nobody else's business.
  TURBO_TELEMETRY_DISABLED: "1",
};
const given = process.argv.slice(2);
const [command = "node", ...args] = given[0] === "--build" ? given.slice(1) : given;
if (given[0] === "--build") {
  orExit(
    await runChild("turbo", ["run", "build", "--output-logs=errors-only"], { cwd: root, env, says: "only-failing" }),
  );
}
process.exitCode = await runChild(command, args, { env });
