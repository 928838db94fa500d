/** Replacing containers by those of another build, one service after another, so that somebody always answers. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages, type Compose } from "../containers/compose.ts";
import { output } from "../../deploy/src/run.ts";

const root = join(import.meta.dirname, "..", "..");

/** Builds the images of a commit under a tag of their own; resolves with its full name. */
export async function buildCommit(command: readonly string[], commit: string, tag: string): Promise<string> {
  const source = await mkdtemp(join(tmpdir(), "natster-before-"));
  try {
    await output("sh", ["-c", `git archive '${commit}' | tar --extract --directory='${source}'`], { cwd: root });
    const revision = (await output("git", ["rev-parse", commit], { cwd: root })).trim();
    await buildImages(command, { folder: join(source, "deploy"), tag, revision });
    return revision;
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

/** A new container beside the old one, which is told to end when the new one is well. `compose` says from which image. */
export async function roll(compose: Compose, service: string): Promise<void> {
  const before = await compose.container(service);
  const beside = ["--no-build", "--no-deps", "--no-recreate", "--scale", `${service}=2`];
  await compose.does("up", "--detach", ...beside, service);
  await compose.areWell([service]);
  await output("docker", ["stop", "--time=30", before]);
  await output("docker", ["rm", before]);
}

/** Runs what sets up and ends, from an image that may be another. */
export async function runAgain(compose: Compose, service: "prepare" | "provision"): Promise<void> {
  await compose.does("up", "--detach", "--no-build", "--no-deps", "--force-recreate", service);
  const code = (await output("docker", ["wait", await compose.container(service)])).trim();
  if (code !== "0") throw new Error(`${service} ended with ${code}:\n${await compose.says(service)}`);
}
