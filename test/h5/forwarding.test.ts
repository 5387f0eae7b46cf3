import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Letter } from "../../src/domain/accident.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { type Driver, fieldValue, type Pair, readyPair } from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function sign(driver: Driver, forwarding: boolean): Promise<void> {
  const contentDigest = fieldValue((await driver.get("sign")).html, "contentDigest");
  const ticks = { electronic: "yes", ...(forwarding && { forwarding: "yes" }) };
  const { status } = await driver.post("sign", { contentDigest, signature: SIGNATURE, ...ticks });
  assert.equal(status, 303);
}

/** Both have signed, B reads English; the paper and the claims are not made yet. */
async function signed(forwards: string): Promise<Pair> {
  const pair = await readyPair(app, { real: true, language: { B: "en" } });
  for (const letter of ["A", "B"] as const) await sign(pair[letter], forwards.includes(letter));
  return pair;
}

const claimsOf = async ({ id }: Pair): Promise<Letter[]> =>
  (await app.ctx.accidents.get(id)).claims.map(({ party }) => party);

describe("the page on which the consent to forward is withdrawn", () => {
  it("is reached from the signed agreement; before the other has signed, no claim is made", async () => {
    const pair = await readyPair(app, { real: true });
    await sign(pair.A, true);
    assert.match((await pair.A.get("signed")).html, /forwarding">撤回向保险公司提供信息的同意/);
    const page = await pair.A.get("forwarding");
    for (const text of ["尚未送达", "不再含您的姓名", "协议书和责任不变", "确认撤回同意"])
      assert.ok(page.html.includes(text), text);
    const { status, location } = await pair.A.post("forwarding", {});
    assert.deepEqual([status, location], [303, "forwarding"]);
    const { html } = await pair.A.get("forwarding");
    assert.match(html, /您已于 .* 撤回同意/);
    assert.ok(!html.includes("确认撤回同意"));
    assert.match((await pair.A.get("signed")).html, /您未同意向保险公司提供信息/);
    await sign(pair.B, true);
    await app.settle();
    assert.deepEqual(await claimsOf(pair), ["B"]);
    assert.match((await pair.A.get("done")).html, /您已撤回同意，我们未代您报案/);
  });

  it("is reached from the done page and from one's own data, and says in English what stays and what does not", async () => {
    const pair = await signed("AB");
    await app.settle();
    for (const letter of ["A", "B"] as const) assert.match((await pair[letter].get("done")).html, /\/forwarding"/);
    const own = await fetch(`${app.url}/h5/my-data`, {
      headers: { cookie: `${pair.B.cookie.name}=${pair.B.cookie.value}` },
    });
    assert.match(await own.text(), new RegExp(`/h5/accidents/${pair.id}/forwarding"`));
    const page = await pair.B.get("forwarding");
    assert.match(page.html, /What .* already has stays with that company/);
    assert.match(page.html, /can no longer open the agreement or your photos/);
    await pair.B.post("forwarding", {});
    assert.match((await pair.B.get("forwarding")).html, /Withdrawn at/);
    const { events } = await app.ctx.accidents.get(pair.id);
    assert.deepEqual(
      [events.at(-1)?.type, events.at(-1)?.by, events.at(-1)?.data.to],
      ["consent-withdrawn", "B", "forwarding"],
    );
  });

  it("offers nothing to who never consented, and takes nothing from who has not signed", async () => {
    const pair = await signed("A");
    const { html } = await pair.B.get("forwarding");
    assert.match(html, /You do not consent to anything being passed/);
    assert.ok(!html.includes("Withdraw my consent"));
    assert.ok(!(await pair.B.get("done")).html.includes("/forwarding"));
    const ready = await readyPair(app);
    assert.equal((await ready.A.get("forwarding")).location, "sign");
  });

  it("leaves the paper as it was signed", async () => {
    const pair = await signed("AB");
    await pair.A.post("forwarding", {});
    await app.settle();
    const { parties } = await app.ctx.accidents.get(pair.id);
    assert.equal(parties.A.signature?.forwarding, true);
    assert.deepEqual(await claimsOf(pair), ["B"]);
  });
});
