/**
 * Makes the images that everything is built from out of what this machine has, so that no image registry is needed:
 * `node deploy/src/local-images.ts`. Elsewhere the official ones are used; see deploy/README.md.
 */
import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findNatsServer } from "@natster/nats-server";
import { output, run } from "./run.ts";

/** What the images are called. */
export const localImages = {
  node: "natster/node:local",
  build: "natster/node-build:local",
  nats: "natster/nats-server:local",
} as const;

const definitions = join(import.meta.dirname, "..", "images");
/** The package manager inside the image that builds; the newest of the line that comes with Node 24. */
const npm = "npm@11.21.2";

/** Builds all three. Needs a Docker engine, and on Debian the package manager, for a shell that stands by itself. */
export async function buildLocalImages(): Promise<void> {
  await using folder = await scratchFolder();
  const context = (name: string) => join(folder.path, name);

  await nodeRoot(context("node"));
  await build(localImages.node, "node", context("node"));
  await buildRoot(context("build"));
  await build(localImages.build, "node-build", context("build"), ["--build-arg", `NODE_IMAGE=${localImages.node}`]);
  await natsRoot(context("nats"));
  await build(localImages.nats, "nats-server", context("nats"));
}

const build = (tag: string, definition: string, context: string, args: readonly string[] = []): Promise<void> =>
  run("docker", [
    "build",
    "--quiet",
    "--tag",
    tag,
    "--file",
    join(definitions, `${definition}.Dockerfile`),
    ...args,
    context,
  ]);

/** Node as it runs here, with each library that it is linked with where its loader looks for it. */
async function nodeRoot(context: string): Promise<void> {
  const node = await realpath(process.execPath);
  await place(context, node, "/usr/local/bin/node");
  await placeLibraries(context, node);
  await accounts(context);
}

/** What building needs beside Node: npm, a shell, and the authorities that this machine trusts. */
async function buildRoot(context: string): Promise<void> {
  const root = join(context, "root");
  await run("npm", [
    "install",
    "--global",
    "--silent",
    "--no-audit",
    "--no-fund",
    "--prefix",
    join(root, "usr/local"),
    npm,
  ]);
  const shell = join(context, "busybox");
  await mkdir(shell, { recursive: true });
  await run("apt-get", ["download", "--quiet", "busybox-static"], { cwd: shell });
  await run("sh", ["-c", "dpkg -x busybox-static_*.deb ."], { cwd: shell });
  await place(context, join(shell, "bin/busybox"), "/bin/busybox");
  // It installs its names only into folders that are there.
  for (const folder of ["sbin", "usr/bin", "usr/sbin"]) await mkdir(join(root, folder), { recursive: true });
  // Other programs than Node build as well, linked with more of the same library.
  const folder = dirname(
    librariesIn(await output("ldd", [process.execPath])).find((path) => /libc\.so/.test(path)) ?? "",
  );
  for (const name of ["librt.so.1", "libresolv.so.2", "libutil.so.1"]) {
    await place(context, join(folder, name), join(folder, name));
  }
  await place(context, "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs/ca-certificates.crt");
}

async function natsRoot(context: string): Promise<void> {
  const { path } = await findNatsServer();
  await place(context, path, "/nats-server");
  // The official one stands by itself; one that was built here may not.
  await placeLibraries(context, path);
  await accounts(context);
}

/** Who may be in the image: nobody but one user without a password. */
async function accounts(context: string): Promise<void> {
  const etc = join(context, "root/etc");
  await mkdir(etc, { recursive: true });
  await mkdir(join(context, "root/tmp"), { recursive: true });
  await chmod(join(context, "root/tmp"), 0o1777);
  await mkdir(join(context, "home"), { recursive: true });
  await writeFile(join(etc, "passwd"), "root:x:0:0:root:/:/\nnonroot:x:65532:65532:nonroot:/home/nonroot:/\n");
  await writeFile(join(etc, "group"), "root:x:0:\nnonroot:x:65532:\n");
  await writeFile(join(etc, "nsswitch.conf"), "hosts: files dns\n");
}

/** Copies a file to where it is to be found in the image. */
async function place(context: string, from: string, to: string): Promise<void> {
  const target = join(context, "root", to);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(await realpath(from), target);
}

/** The libraries that a program is linked with, where its loader looks for them; none, where it stands by itself. */
async function placeLibraries(context: string, program: string): Promise<void> {
  const text = await output("ldd", [program]).catch(() => "");
  for (const library of librariesIn(text)) await place(context, library, library);
}

/** The paths that `ldd` names: after the arrow, or alone for the loader. */
const librariesIn = (text: string): string[] =>
  text.split("\n").flatMap((line) => /(?:=> |^\s+)(\/\S+)/.exec(line)?.[1] ?? []);

async function scratchFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "natster-images-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

if (import.meta.main) {
  await buildLocalImages();
  console.log(Object.values(localImages).join("\n"));
}
