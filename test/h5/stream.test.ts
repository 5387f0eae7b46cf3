import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { giveDetails } from "../../src/actions/give-details.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import type { Context } from "../../src/context.ts";
import type { Letter } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { LOOK_MS } from "../../src/live/hub.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { OpenPage } from "../support/open-page.ts";
import { startTwo, type TwoProcesses } from "../support/two-processes.ts";
import { type Driver, driverOf, openPair, readyPair } from "./settle-driver.ts";

const MINUTE_MS = 60_000;
/** of the drivers of these tests */
const SESSION_MS = 12 * 60 * MINUTE_MS;

let two: TwoProcesses;
let app: TestApp;
let other: TestApp;
before(async () => {
  two = await startTwo();
  ({ app, other } = two);
});
after(() => two.stop());

async function sign(ctx: Context, accidentId: string, letter: Letter): Promise<void> {
  const shown = contentDigest(ctx, await ctx.accidents.get(accidentId));
  await signAgreement(ctx, { accidentId, letter, contentDigest: shown, signature: SIGNATURE, forwarding: true });
}

const asked = async (driver: Driver, page: string) => JSON.parse((await driver.get(`live?page=${page}`)).html);

describe("news that an open page shows", () => {
  const heard = (driver: Driver) => app.simulator.platform.inbox(driver.person.openid).length;
  /** B has corrected something that A has signed: A is told so. */
  async function corrected() {
    const { id, A, B } = await readyPair(app);
    for (const { person } of [A, B]) {
      app.simulator.platform.people.add(person.openid);
      await app.simulator.platform.follow(person.openid);
    }
    await app.settle();
    await sign(app.ctx, id, "A");
    const change = (phone: string) =>
      giveDetails(app.ctx, { accidentId: id, letter: "B", details: { ...DETAILS.B, phone } });
    return { id, A, B, change };
  }
  const says = async (driver: Driver, version: unknown) =>
    assert.equal((await driver.get(`live?page=sign&shown=${version}`)).status, 200);

  it("is not said by a message as well, whichever process the page has said so to", async () => {
    const { id, A, change } = await corrected();
    const page = await OpenPage.of(A, "wait-signature");
    await says(A, (await page.live())["version"]);
    await change("13712345670");
    await app.settle();
    const before = heard(A);
    const { version } = await page.live();
    const { cookie } = A;
    const url = A.urlOf(`live?page=sign&shown=${version}`).replace(app.url, other.url);
    await fetch(url, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
    app.clock.advance(1_000);
    await app.settle();
    app.clock.advance(60_000);
    await app.settle();
    assert.equal(heard(A), before, "nothing more is said");
    const notices = await app.ctx.deliveries.listUndelivered(10, ["pending", "inflight", "held", "dead"]);
    assert.deepEqual(
      notices.filter(({ accidentId }) => accidentId === id),
      [],
      "nor waits",
    );
    await page.close();
  });

  it("is said when the page was closed before it showed them", async () => {
    const { A, change } = await corrected();
    const page = await OpenPage.of(A, "wait-signature");
    await says(A, (await page.live())["version"]);
    await page.close();
    const before = heard(A);
    await change("13712345671");
    await app.settle();
    assert.equal(heard(A), before, "it waits a moment for the page");
    for (let seconds = 0; seconds < 6; seconds++) {
      app.clock.advance(1_000);
      await app.settle();
    }
    assert.equal(heard(A), before + 1);
  });

  it("is said at once where no page is open", async () => {
    const { A, change } = await corrected();
    const before = heard(A);
    await change("13712345672");
    await app.settle();
    assert.equal(heard(A), before + 1);
  });
});

describe("the stream of an open page", () => {
  it("says how things stand at once, then each change that this process makes, in its order", async () => {
    const { id, A } = await readyPair(app);
    await sign(app.ctx, id, "A");
    const page = await OpenPage.of(A, "wait-signature");
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/event-stream; charset=utf-8");
    assert.equal(page.headers.get("x-accel-buffering"), "no");
    assert.equal(page.headers.get("cache-control"), "no-store, no-transform");
    const first = await page.live();
    assert.equal(first["step"], "wait-signature");
    assert.match(String(first["text"]), /核对协议书/);
    await sign(app.ctx, id, "B");
    const next = await page.live();
    assert.deepEqual([next["step"], next["mark"] === first["mark"]], ["done", false]);
    await page.close();
  });

  it("says what another process has changed with its next look, within a second", async () => {
    assert.ok(LOOK_MS <= 1000);
    const { id, A } = await readyPair(app);
    await sign(app.ctx, id, "A");
    const page = await OpenPage.of(A, "wait-signature");
    await page.live();
    await sign(other.ctx, id, "B");
    app.clock.advance(LOOK_MS);
    assert.equal((await page.live())["step"], "done");
    await page.close();
  });

  it("is refused to who is no party, as if there were none, and to who is not signed in", async () => {
    const { A } = await openPair(app);
    const { A: stranger } = await openPair(app);
    const { cookie } = stranger;
    const theirs = await OpenPage.at(A.urlOf("stream"), { cookie: `${cookie.name}=${cookie.value}` });
    assert.equal(theirs.status, 404);
    assert.equal((await OpenPage.at(A.urlOf("stream"), {})).status, 401);
  });

  it("ends with a word for who is taken out of the case", async () => {
    const { A, B } = await openPair(app);
    const page = await OpenPage.of(B, "details");
    await page.live();
    await A.post("remove-other", {});
    await page.until("gone");
    await page.end();
    assert.equal((await OpenPage.of(B, "details")).status, 404);
  });

  it("beats, and ends after about a minute, so that a page that is open has to say so again", async () => {
    const { A } = await openPair(app);
    const page = await OpenPage.of(A, "details");
    await page.live();
    app.clock.advance(15_000);
    await page.until("beat");
    app.clock.advance(MINUTE_MS);
    await page.end();
    const again = await OpenPage.of(A, "details");
    await again.live();
    await again.close();
  });

  it("ends with the session", async () => {
    const { A } = await openPair(app);
    app.clock.advance(SESSION_MS - 20_000);
    const page = await OpenPage.of(A, "details");
    await page.live();
    app.clock.advance(20_000);
    await page.end();
    assert.equal((await OpenPage.of(A, "details")).status, 401);
  });

  it("is one of four of a person: the oldest page asks from then on", async () => {
    const { A } = await openPair(app);
    const pages: OpenPage[] = [];
    for (let n = 0; n < 5; n++) pages.push(await OpenPage.of(A, "details"));
    const [oldest, ...rest] = pages as [OpenPage, ...OpenPage[]];
    await oldest.until("ask");
    await oldest.end();
    for (const page of rest) {
      await page.live();
      await page.close();
    }
  });

  it("is ended when the server stops, which waits for no page", async () => {
    const stopping = await two.start();
    const { A } = await openPair(stopping);
    const page = await OpenPage.of(A, "details");
    await page.live();
    await stopping.stop();
    await page.end();
    const { person } = A;
    assert.equal((await driverOf(app, A.urlOf("").split("/").at(-1) ?? "", person).get("details")).status, 200);
  });
});

describe("what the strip says of the other driver", () => {
  const never = "还没打开";

  it("is that they looked, when they did, from any process: not because of the step, nor of a page's GET", async () => {
    const { id, A, B } = await readyPair(app);
    const page = await OpenPage.of(A, "sign");
    assert.equal((await page.live())["seen"], never);
    assert.match((await B.get("sign")).html, /data-page="sign"/);
    assert.equal((await asked(A, "sign")).seen, never, "the page was fetched, perhaps by a preview");
    const { version } = await app.ctx.accidents.get(id);
    const elsewhere = driverOf(other, id, B.person);
    const open = await OpenPage.of(elsewhere, "sign");
    await open.live();
    app.clock.advance(LOOK_MS);
    const told = await page.live();
    assert.deepEqual([told["seen"], told["isNear"]], ["刚看过", true]);
    assert.equal((await app.ctx.accidents.get(id)).version, version);
    await open.close();
    app.clock.advance(3 * MINUTE_MS);
    const { seen, isNear } = await asked(A, "sign");
    assert.deepEqual([seen, isNear], ["3 分钟前看过", false]);
    app.clock.advance(2 * 60 * MINUTE_MS);
    await page.close();
  });

  it("is of the text as it stands: what was read before it changed does not count", async () => {
    const { id, A, B } = await readyPair(app);
    await asked(B, "sign");
    assert.equal((await asked(A, "sign")).seen, "刚看过");
    app.clock.advance(1000);
    await giveDetails(app.ctx, { accidentId: id, letter: "A", details: { ...DETAILS.A, phone: "13800138001" } });
    assert.equal((await asked(A, "sign")).seen, never);
    app.clock.advance(MINUTE_MS);
    await asked(B, "sign");
    assert.equal((await asked(A, "sign")).seen, "刚看过");
  });

  it("is nothing for a page that is not open to them, or that is none", async () => {
    const { A, B } = await openPair(app);
    for (const page of ["sign", "wait-signature", "__proto__", "seen.A", ""]) await asked(B, encodeURIComponent(page));
    assert.equal((await asked(A, "details")).seen, never);
    await asked(B, "details");
    assert.equal((await asked(A, "details")).seen, "刚看过");
  });
});
