/** A process that owns a nats-server, to be killed: started with a state directory and its operator as JSON. */
import { startNatsServer } from "./start.ts";

const [directory = "", operator = "{}", then = "wait"] = process.argv.slice(2);
const server = await startNatsServer({ directory, operator: JSON.parse(operator) });
process.stdout.write(`${JSON.stringify({ pid: server.pid, url: server.url })}\n`);
if (then === "exit") process.exit(0);
if (then === "crash") throw new Error("the owner crashes");
await server.exited;
