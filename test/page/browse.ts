/** Opens an address in a browser of this machine, and says in JSON what came of it: `node browse.ts ADDRESS`. */
import { ownBrowser } from "./chromium.ts";
import { playsBeyond } from "./steps.ts";

const [address = ""] = process.argv.slice(2);
// Over plain http Chromium says of one header that it means nothing there.
await using own = await ownBrowser({ expected: /Cross-Origin-Opener-Policy header has been ignored/ });
const { page, complaints } = own;
page.setDefaultTimeout(120_000);
console.log(JSON.stringify(await look()));

async function look() {
  try {
    await page.goto(address);
  } catch (error) {
    return { refused: /ERR_\w+/.exec(String(error))?.[0] };
  }
  const isSecure = await page.evaluate(() => isSecureContext);
  if (!isSecure) {
    await page.getByRole("heading").first().waitFor();
    return { isSecure, says: await page.getByRole("main").innerText(), complaints };
  }
  await page.getByRole("link", { name: "video" }).click();
  await page.getByRole("link", { name: "tides.mp4" }).click();
  await playsBeyond(page, 0.1);
  return { isSecure, title: await page.title(), film: "plays", complaints };
}
