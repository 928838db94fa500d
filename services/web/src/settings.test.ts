import { expect, test } from "vitest";
import { addressOf } from "./listen.ts";
import { HostPort, PublicUrl, WebsocketUrl } from "./settings.ts";

test.each([
  ["127.0.0.1:0", { host: "127.0.0.1", port: 0 }, "http://127.0.0.1:0/"],
  ["localhost:8080", { host: "localhost", port: 8080 }, "http://localhost:8080/"],
  ["0.0.0.0:80", { host: "0.0.0.0", port: 80 }, "http://127.0.0.1:80/"],
  ["[::]:80", { host: "::", port: 80 }, "http://[::1]:80/"],
])("it listens at %s", (text, where, address) => {
  expect(HostPort.parse(text)).toEqual(where);
  expect(addressOf({ ...where, secure: false })).toBe(address);
  expect(addressOf({ ...where, secure: true })).toBe(address.replace("http:", "https:"));
});

test.each(["8080", "localhost", "localhost:http", "::1:8080", "localhost:70000", ":8080"])(
  "it does not listen at %s",
  (text) => {
    expect(HostPort.safeParse(text).success).toBe(false);
  },
);

test("a public URL ends in a slash", () => {
  expect(PublicUrl.parse("https://share.example.org")).toBe("https://share.example.org/");
  expect(PublicUrl.parse("https://example.org/natster")).toBe("https://example.org/natster/");
});

test.each([
  "ftp://example.org",
  "example.org",
  "https://example.org/#a",
  "https://example.org/?a",
  "https://a:b@example.org/",
])("%s is no public URL", (text) => expect(PublicUrl.safeParse(text).success).toBe(false));

test("nats-server's WebSocket listener is told by its URL", () => {
  expect(WebsocketUrl.parse("ws://127.0.0.1:9222")).toEqual({ host: "127.0.0.1", port: 9222 });
  expect(WebsocketUrl.parse("ws://[::1]:9222")).toEqual({ host: "::1", port: 9222 });
  expect(WebsocketUrl.safeParse("http://127.0.0.1:9222").success).toBe(false);
});
