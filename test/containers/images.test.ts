/** What is promised of every image of a service, looked at in the images that were built. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import * as z from "zod";
import { CommandFailedError, output } from "../../deploy/src/run.ts";
import { tag } from "./compose.ts";
import { services } from "./system.ts";

const Image = z.tuple([
  z.object({
    Config: z.object({
      User: z.string(),
      Entrypoint: z.array(z.string()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
      Labels: z.record(z.string(), z.string()),
    }),
  }),
]);
const Sbom = z.object({
  bomFormat: z.literal("CycloneDX"),
  components: z.array(z.object({ group: z.string().optional(), name: z.string(), version: z.string() })).min(1),
});
const LockFile = z.object({ packages: z.record(z.string(), z.unknown()) });

const imageOf = (service: string): string => `natster/${service}:${tag}`;

test.each(services)("the image of %s runs as nobody, asks itself how it is, and says what it is", async (service) => {
  const [{ Config }] = Image.parse(JSON.parse(await output("docker", ["image", "inspect", imageOf(service)])));

  expect(Config.User).toBe("65532:65532");
  expect(Config.Entrypoint[0]).toBe("node");
  // `CMD` is run as it is; `CMD-SHELL` would need a shell.
  expect(Config.Healthcheck.Test).toEqual(["CMD", "node", "/app/health.js"]);
  expect(Config.Labels).toMatchObject({
    "org.opencontainers.image.title": `natster ${service}`,
    "org.opencontainers.image.licenses": "Apache-2.0",
    "org.opencontainers.image.version": expect.stringMatching(/^\d+\.\d+\.\d+$/),
    "org.opencontainers.image.revision": expect.stringMatching(/^[0-9a-f]{40}$/),
  });
});

test.each(services)("the image of %s has no shell, and names its parts as the lock file does", async (service) => {
  const sh = output("docker", ["run", "--rm", "--network", "none", "--entrypoint", "sh", imageOf(service), "-c", ":"]);
  await expect(sh).rejects.toThrow(CommandFailedError);

  const print = ["-e", "process.stdout.write(require('fs').readFileSync('/app/sbom.json'))"];
  const run = ["run", "--rm", "--network", "none", "--read-only", "--entrypoint", "node", imageOf(service), ...print];
  const { components } = Sbom.parse(JSON.parse(await output("docker", run)));
  const lock = await readFile(join(import.meta.dirname, "..", "..", "pnpm-lock.yaml"), "utf8");
  const { packages } = LockFile.parse(load(lock));
  const known = new Set(Object.keys(packages));
  const unknown = components
    .map(({ group, name, version }) => `${group === undefined ? "" : `${group}/`}${name}@${version}`)
    .filter((part) => !part.startsWith("@natster/") && !known.has(part));
  expect(unknown).toEqual([]);
});

test("an image cannot write where nothing is given to it", async () => {
  const write = "require('fs').writeFileSync('/app/written', '')";
  const run = ["run", "--rm", "--network", "none", "--entrypoint", "node", imageOf("catalog"), "-e", write];
  await expect(output("docker", run)).rejects.toThrow(/EACCES/);
});
