import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { isForeign } from "./origin.ts";

const from = (origin: string | undefined, host = "127.0.0.1:8080") =>
  Object.assign(new IncomingMessage(new Socket()), { headers: { host, ...(origin !== undefined && { origin }) } });

const plain = { secure: false };
const behind = { publicUrl: "https://files.example.org/below/", secure: false };

test.each([
  ["a command line, which says nothing of a page", undefined, "files.example.org", plain],
  ["the address of this machine", "http://127.0.0.1:8080", "127.0.0.1:8080", plain],
  ["its other address", "http://[::1]:8080", "[::1]:8080", plain],
  ["its name", "http://localhost:8080", "localhost:8080", plain],
  ["this machine, where there is a public URL as well", "http://localhost:8080", "localhost:8080", behind],
  ["the public URL, whatever the proxy asks for", "https://files.example.org", "10.0.0.7:8080", behind],
  ["a name that a certificate holds for", "https://files.example.org", "files.example.org", { secure: true }],
])("from %s it is this page", (_, origin, host, reached) => {
  expect(isForeign(from(origin, host), reached)).toBe(false);
});

test.each([
  ["elsewhere", "https://elsewhere.test", "127.0.0.1:8080", plain],
  ["elsewhere, where there is TLS", "https://elsewhere.test", "files.example.org", { secure: true }],
  ["another port of this machine", "http://127.0.0.1:9090", "127.0.0.1:8080", plain],
  ["a name that was made to lead here", "http://elsewhere.test:8080", "elsewhere.test:8080", plain],
  ["the public URL without its TLS", "http://files.example.org", "files.example.org", behind],
  ["a page that keeps to itself where it is from", "null", "127.0.0.1:8080", plain],
  ["what is no address", "127.0.0.1:8080", "127.0.0.1:8080", plain],
])("from %s it is another page", (_, origin, host, reached) => {
  expect(isForeign(from(origin, host), reached)).toBe(true);
});
