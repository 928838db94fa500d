/** An engine, and every image built by deploy/Dockerfile, with its size. */
import { buildLocalImages, localImages } from "../../deploy/src/local-images.ts";
import { buildTried, sizeOf, tag } from "./compose.ts";
import { type Engine, openEngine } from "./engine.ts";

const images = ["operator", "accounts", "catalog", "codes", "projector", "web"].map((name) => `natster/${name}:${tag}`);

/** Has an engine and every image; says what is built, how long that takes, and how large it is. */
export async function openImages(): Promise<Engine> {
  await using undo = new AsyncDisposableStack();
  const engine = undo.use(await openEngine());
  console.log(`Docker ${engine.version} on ${engine.driver}, ${engine.compose.join(" ")}`);
  // Whoever works on the tests alone need not wait for what is there.
  if (process.env["NATSTER_IMAGES"] !== "built") {
    await timed("base images", buildLocalImages);
    await timed("images of services", () => buildTried(engine.compose));
  }
  const base = await sizeOf(localImages.node);
  console.log(
    `${localImages.node}: ${megabytes(base)}; ${localImages.nats}: ${megabytes(await sizeOf(localImages.nats))}`,
  );
  for (const image of images) {
    const size = await sizeOf(image);
    console.log(`${image}: ${megabytes(size)}, of which its own ${megabytes(size - base)}`);
  }
  undo.move();
  return engine;
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await work();
  console.log(`${what}: built in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
