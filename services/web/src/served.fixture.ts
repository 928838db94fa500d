/** A folder with a small page in it, served. */
import { silentLog } from "@natster/micro";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { content } from "./content.ts";
import { listen, type Listening } from "./listen.ts";
import { openPage } from "./page.ts";

export const asset = "/assets/index-BqX3kd_9.js";
const files = {
  "page/index.html": "<!doctype html><title>Natster</title>",
  [`page${asset}`]: `// ${"a long line ".repeat(200)}`,
  "page/mark.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
  "page-two/beside.txt": "not for anybody",
  "above.txt": "not for anybody",
};

/** A served page, and how to ask for what is in it. */
export interface Served extends AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  readonly listening: Listening;
  /** Asks for a path exactly as it is written. */
  get(path: string, options?: { method?: string; headers?: Record<string, string> }): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly bytes: Buffer;
}

/** Serves a page in front of a nats-server at this port, or else at one of the others; nothing listens at the port where none is given. */
export async function serve({
  natsPort = 1,
  otherPorts = [] as readonly number[],
  build = true,
} = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "natster-web-"));
  if (build) await buildIn(folder);
  const more = new Map([["/natster.json", content("natster.json", Buffer.from("{}"))]]);
  const listening = await listen({
    host: "127.0.0.1",
    port: 0,
    page: openPage(join(folder, "page"), more),
    nats: [{ host: "127.0.0.1", port: natsPort }, ...otherPorts.map((port) => ({ host: "127.0.0.1", port }))],
    log: silentLog(),
    publicUrl: "http://natster.test:8080/",
  });
  const url = `http://127.0.0.1:${listening.port}`;
  return {
    folder,
    url,
    listening,
    get: (path, { method = "GET", headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const asked = request({ host: "127.0.0.1", port: listening.port, path, method, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }),
          );
        });
        asked.on("error", reject).end();
      }),
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Builds the page in a folder. */
export async function buildIn(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
