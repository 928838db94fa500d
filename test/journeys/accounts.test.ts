/** Accounts and codes as people meet them at a command line: what is taken away, what is used twice, what is withdrawn. */
import { once } from "node:events";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");

test("people are told what became of their accounts, devices, links and codes", async () => {
  const where = homes();
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => new Somebody(name, where));
  if (!alice || !bob || !carol) throw new TypeError("nobody is there");
  mkdirSync(join(alice.home, "Photos"));
  cpSync(sample, join(alice.home, "Photos"), { recursive: true });
  const types = async (who: Somebody, line: string, ends = 0) => {
    const { code, out, err } = await who.types(line);
    expect(code, `${line}\n${out}${err}`).toBe(ends);
    return `${out}${err}`;
  };
  const data = async (who: Somebody, line: string) => JSON.parse(await types(who, `${line} --json 2> /dev/null`));
  await types(alice, "natster up --background --handle alice");

  // A link that was used, by whoever used it, and by somebody else.
  const { link } = (await data(alice, "natster share Photos")).link;
  await types(bob, `natster redeem '${link}' --handle bob`);
  expect(await types(bob, `natster redeem '${link}'`)).toContain(
    "you used that code before\n@alice/photos is yours to read",
  );
  expect(await types(bob, `natster get '${link}'`)).toContain("@alice/photos");
  expect(await types(carol, `natster redeem '${link}'`, 1)).toContain("that code was used already");

  // Links that are open are said, listed, and withdrawn.
  await types(alice, "natster share photos");
  expect(await types(alice, "natster share photos")).toContain("2 links to photos are open");
  const open = async () => (await data(alice, "natster codes")).codes.filter((code: Code) => code.offer.catalog);
  await expect.poll(async () => (await open()).length).toBe(2);
  const [{ code }] = await open();
  await types(alice, `natster codes cancel ${code}`);
  await expect.poll(async () => (await open()).length).toBe(1);
  expect(await types(alice, `natster codes cancel ${code.toLowerCase()}`)).toContain(`nobody can use ${code} any more`);
  expect(await types(alice, "natster codes cancel S0000000", 1)).toContain("there is no such code");

  // A code for a handle lets in whoever takes that one.
  const invited = (await data(alice, "natster invite --handle carol")).link;
  expect(await types(carol, `natster redeem '${invited}' --handle mallory`, 1)).toContain("joins as @carol");
  expect(await types(carol, `natster redeem '${invited}'`, 1)).toContain("next:    the same with --handle");
  expect(await types(carol, `natster redeem '${invited}' --handle carol`)).toContain("people know you as @carol");

  // Whoever watches is told what is waited for, and why it is over.
  const laptop = new Somebody("laptop", where);
  const signIn = (await data(alice, "natster login --role owner --name laptop --no-wait")).link;
  await types(laptop, `natster redeem '${signIn}'`);
  const watching = follow(laptop);
  await watching.says("watching");
  await types(alice, "natster devices revoke laptop");
  await watching.says("this device was revoked");
  expect(await watching.ended).toBe(1);

  // An account that is suspended is told so, and goes on when it is resumed.
  const bobs = follow(bob);
  await bobs.says("watching");
  await types(alice, "natster ops suspend @bob --reason 'a complaint'");
  await bobs.says("this account may have no connection for now");
  expect(await types(bob, "natster ls", 1)).toMatch(
    /this account is suspended\n +because: a complaint\n +next: +ask whoever runs/,
  );
  await types(alice, "natster ops resume @bob");
  await bobs.says("connected again");
  expect(await types(bob, "natster ls")).toContain("@alice/photos");
  await types(alice, "natster ops limit @bob --imports 0");
  expect(await types(alice, "natster ops limit @bob")).toContain("the usual limits");

  // Whoever closes an account says whose, and it is closed for good.
  expect(await types(carol, "natster close @bob", 1)).toContain("you are not @bob");
  expect(await types(carol, "natster close @carol")).toContain("your account is closed");
  expect(await types(carol, "natster ls", 1)).toContain("this account was closed, for good");
}, 900_000);

/** `natster watch` as somebody, and what it says. */
function follow(who: Somebody) {
  const child = who.runs(["watch"]);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (said += text));
  return {
    ended: once(child, "exit").then(([code]: unknown[]) => code),
    says: (text: string) => expect.poll(() => said, { timeout: 90_000 }).toContain(text),
  };
}

interface Code {
  readonly code: string;
  readonly offer: { readonly catalog?: string };
}
