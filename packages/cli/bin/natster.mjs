#!/usr/bin/env node
// Plain JavaScript for any Node, since it is what tells an old one.
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const oldest = 24;
if (Number(process.versions.node.split(".")[0]) < oldest) {
  process.stderr.write(
    `natster: this is Node ${process.version}, and Node ${oldest} or newer is needed: https://nodejs.org\n`,
  );
  process.exit(1);
}
// Of one's own, and not of everybody on this machine: code comes out of it.
const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
module.enableCompileCache(join(cache, "natster", "compiled"));
await import("#main");
