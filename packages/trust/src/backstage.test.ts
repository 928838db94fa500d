import { platformServices, streamsServices } from "@natster/contracts/platform";
import { expect, test } from "vitest";
import { renderService, renderStreams, renderSystem } from "./backstage.ts";
import { now, platform } from "./fixtures.ts";
import { createKey } from "./key.ts";
import { streamsSubjects } from "./permissions.ts";
import { renderLobby, renderPlatform } from "./platform.ts";

const key = () => createKey("account").public;
const [account, streams, system, scopedKey] = [key(), key(), key(), key()];
const rendered = streamsServices.map((name) => renderService(name, { account, streams, system }, now).nats);

test("JetStream is for the account of the streams alone", () => {
  const without = { mem_storage: 0, disk_storage: 0, streams: 0 };
  expect(renderStreams(streams, now).nats.limits).toMatchObject({ mem_storage: -1, disk_storage: -1, streams: -1 });
  for (const { nats } of [
    renderPlatform(platform, now),
    renderSystem(system, now),
    renderLobby({ account, platform, scopedKey }, now),
  ]) {
    expect(nats.limits).toMatchObject(without);
  }
  for (const { limits } of rendered) expect(limits).toMatchObject(without);
});

test("a service's account imports what its service says to the streams, and offers nothing", () => {
  streamsServices.forEach((name, index) => {
    const { imports = [], exports } = rendered[index] ?? {};
    const ofStreams = imports.filter((each) => each.account === streams).map(({ subject }) => subject);
    expect(ofStreams.toSorted()).toEqual(streamsSubjects(name).toSorted());
    expect(exports).toEqual([]);
    expect(imports.filter((each) => each.local_subject !== undefined)).toEqual([]);
  });
});

test("whoever has something to say to the streams has an account to say it from", () => {
  expect(platformServices.filter((name) => streamsSubjects(name).length > 0)).toEqual([...streamsServices]);
});

test("the streams offer all that services say, and no way to make or change a stream or a consumer", () => {
  const offered = renderStreams(streams, now).nats.exports?.map(({ subject }) => subject) ?? [];
  for (const subject of streamsServices.flatMap((name) => streamsSubjects(name))) {
    expect(offered.filter((each) => covers(each, subject))).toHaveLength(1);
  }
  expect(offered.join(" ")).not.toMatch(/CREATE|UPDATE|DELETE|RESTORE|SNAPSHOT|ACCOUNT|META/);
  expect(offered.filter((each) => each.startsWith("streams.") && !/^streams\.[A-Z]+\.[A-Z]+/.test(each))).toEqual([]);
});

test("what is asked once and answered often stays open: pulls and pages", () => {
  const { exports = [] } = renderStreams(streams, now).nats;
  const open = exports.filter(({ response_type: type }) => type === "Stream").map(({ subject }) => subject);
  expect(open).toEqual(["streams.CONSUMER.MSG.NEXT.*.*", "streams.DIRECT.GET.*"]);
});

test("only accounts tells nats-server about accounts, looks up what it was told, and asks whom it believes", () => {
  const told = ["$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", "$SYS.REQ.CLAIMS.UPDATE", "$SYS.REQ.SERVER.PING.VARZ"];
  expect(
    renderSystem(system, now)
      .nats.exports?.map(({ subject }) => subject)
      .toSorted(),
  ).toEqual(told);
  const ofSystem = rendered.map(({ imports = [] }) =>
    imports
      .filter((each) => each.account === system)
      .map(({ subject }) => subject)
      .toSorted(),
  );
  expect(ofSystem).toEqual(streamsServices.map((name) => (name === "accounts" ? told : [])));
});

/** Whether every subject of one pattern is one of the other's. */
function covers(pattern: string, subject: string): boolean {
  const [wide, narrow] = [pattern.split("."), subject.split(".")];
  return (
    wide.every((token, index) => {
      const other = narrow[index];
      return token === ">"
        ? other !== undefined
        : token === "*"
          ? other !== undefined && other !== ">"
          : token === other;
    }) &&
    (wide.at(-1) === ">" || wide.length === narrow.length)
  );
}
