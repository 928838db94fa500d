import { accounts } from "@natster/contracts/accounts";
import { catalog } from "@natster/contracts/catalog";
import { codes } from "@natster/contracts/codes";
import { projector } from "@natster/contracts/library";
import { expect, test } from "vitest";
import { device } from "./fixtures.ts";
import { rolePermissions } from "./role.ts";

const own = `_INBOX.${device.public}.>`;

test("an owner's device may do everything, and says so", () => {
  expect(rolePermissions("owner", device.public)).toEqual({ pub: { allow: [">"] }, sub: { allow: [">"] } });
});

test("a browser asks the platform, reads files and has itself renewed; it hears its feed and its own replies", () => {
  expect(rolePermissions("browser", device.public)).toEqual({
    pub: { allow: ["natster.>", "shared.>", "files.>", "grants.renew"] },
    sub: { allow: ["feed.>", own] },
  });
});

test("a browser that may sign asks for grants, and an administrator's looks at the services", () => {
  const { pub } = rolePermissions("browser", device.public, { maySign: true, administrator: true });
  expect(pub.allow).toEqual(["natster.>", "shared.>", "files.>", "grants.>", "$SRV.>"]);
});

test("a server answers for files and grants, and asks what serving needs", () => {
  expect(rolePermissions("server", device.public)).toMatchObject({
    pub: {
      allow: [
        "natster.catalog.>",
        "natster.codes.issue",
        "natster.codes.fulfil",
        "natster.library.>",
        "natster.presence.beat",
        "natster.accounts.applied",
        "natster.accounts.device",
      ],
    },
    sub: {
      allow: [
        "files.>",
        "grants.>",
        "serving.>",
        "health.file-server.*",
        "health.serving.*",
        "health.grants.*",
        "$SRV.>",
        "feed.>",
        own,
      ],
    },
    resp: { max: 1 },
  });
});

test("the contracts' own subjects are under the prefixes that roles name", () => {
  const under = (prefix: string) => (endpoint: { subject: string }) => endpoint.subject.startsWith(prefix);
  // What only administrators may ask is no part of a role.
  const { status, ...ofPeople } = catalog.endpoints;
  expect(status.access).toBe("administrator");
  expect(Object.values(ofPeople).every(under("natster.catalog."))).toBe(true);
  expect(Object.values(projector.endpoints).filter(under("natster.library."))).not.toEqual([]);
  expect([...Object.values(accounts.endpoints), ...Object.values(codes.endpoints)].every(under("natster."))).toBe(true);
});
