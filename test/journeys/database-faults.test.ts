import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { nextMsgId, pushTo, pushXml } from "../chat/platform-push.ts";
import { openPair, type Pair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { standingClock } from "../support/clocks.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { detailsFields, press, tokenIn } from "../support/database-forms.ts";

const READY_MS = 1_500;

/** The whole system behind a proxy that stands between it and the database. */
describe("a database that hangs", () => {
  const timer = standingClock();
  let proxy: CuttingProxy;
  let app: TestApp;
  let pair: Pair;
  const ready = async () => (await fetch(`${app.url}/readyz`)).status;

  const sender = () => ({ url: app.url, wechat: app.config.wechat, now: () => app.clock.now() });

  before(async () => {
    proxy = await CuttingProxy.start(await databaseUri());
    app = await startApp({ databaseUri: proxy.uri, databaseTimer: timer, limits: { readyMs: READY_MS } });
    pair = await openPair(app);
  });
  after(async () => {
    proxy.resume();
    await app.stop();
    await proxy.close();
    await closeDatabase();
  });

  it("is said by /readyz within two seconds, which goes the way of a request", async () => {
    assert.equal(await ready(), 200);
    proxy.hang();
    const waiting = proxy.waiting();
    const answer = ready();
    await waiting;
    app.clock.advance(READY_MS);
    assert.equal(await answer, 503);
  });

  it("gives pushes back to the platform, and the form with what was typed, at the limit of a command", async () => {
    const { openid } = pair.A.person;
    const xml = pushXml(
      openid,
      { MsgType: "image", PicUrl: "http://p", MediaId: "held", MsgId: nextMsgId() },
      app.clock.now(),
    );
    proxy.resume();
    const fields = { ...detailsFields("A"), _csrf: await tokenIn(pair.A, "details") };
    proxy.hang();
    const waiting = proxy.waiting();
    const push = pushTo(sender(), xml);
    const page = press(pair.A, "details", fields);
    await waiting;
    timer.advance(CALM_DATABASE.commandMs);
    await timer.limitOf(CALM_DATABASE.trialMs);
    timer.advance(CALM_DATABASE.trialMs);
    assert.equal((await push).status, 502);
    const { status, html } = await page;
    assert.equal(status, 503);
    assert.ok(html.includes(fields.policyNumber), html);
    assert.match(html, /系统暂时无响应/);
    // Away: nobody waits any more.
    assert.equal(await ready(), 503);
    assert.equal((await pushTo(sender(), xml)).status, 502);
    assert.equal((await press(pair.A, "details", fields)).status, 503);

    proxy.resume();
    await timer.limitOf(CALM_DATABASE.pauseMs);
    timer.advance(CALM_DATABASE.pauseMs);
    while ((await ready()) !== 200);
    assert.match((await pushTo(sender(), xml)).content ?? "", /收到/);
    assert.equal((await press(pair.A, "details", fields)).status, 303);
    const { photos, parties, events } = await app.ctx.accidents.get(pair.id);
    assert.equal(photos.filter(({ mediaId }) => mediaId === "held").length, 1);
    assert.equal(parties.A.details?.policyNumber, fields.policyNumber);
    assert.equal(events.filter(({ type, by }) => type === "details-given" && by === "A").length, 1);
  });
});
