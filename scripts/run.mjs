// Runs a command with the project's own tools: `node scripts/run.mjs COMMAND [ARGUMENT …]`.
// Plain JavaScript for any Node ≥ 20, since it is what brings Node 24 and everything else to a clean clone.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === "win32";
const read = (file) => {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return undefined;
  }
};

// pnpm keeps a copy of the lock file that it installed from, so that equal means up to date.
if (read("pnpm-lock.yaml") !== read("node_modules/.pnpm/lock.yaml")) {
  const { packageManager } = JSON.parse(read("package.json"));
  const install = spawnSync(
    "npx",
    ["--yes", packageManager, "install", "--frozen-lockfile", "--prefer-offline"],
    // Standard output belongs to the command: with --json a program reads it.
    { cwd: root, stdio: ["ignore", process.stderr, process.stderr], shell: windows },
  );
  if (install.status !== 0) process.exit(install.status ?? 1);
}

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  stdio: "inherit",
  shell: windows,
  env: { ...process.env, PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH },
});
// A terminal sends Ctrl-C to the whole group; this process only has to outlive the child.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", (error) => {
  console.error(`${command}: ${error.message}`);
  process.exitCode = 127;
});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
});
