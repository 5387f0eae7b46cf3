import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { PACES } from "../../src/domain/brakes.ts";
import { Busy } from "../../src/errors.ts";
import { askPaced, countPaced, whileCounted } from "../../src/http/pace.ts";
import type { TestApp } from "../support/app.ts";
import { startTwo, type TwoProcesses } from "../support/two-processes.ts";

const TOO_MANY = { code: "too-many-requests", status: 429 };

describe("the pace of costly calls", () => {
  let two: TwoProcesses;
  let app: TestApp;
  let other: TestApp;
  before(async () => {
    two = await startTwo();
    ({ app, other } = two);
  });
  after(() => two.stop());

  const { each, all, share } = PACES.pictures;
  const pictures = (whose: string) => ({ pace: "pictures", whose }) as const;
  /** Everybody together has made so many. */
  const crowd = (count: number) =>
    app.ctx.tries.tally("pace/pictures", { windowMs: all.windowMs, at: app.clock.now() }, count);

  it("is that of one person over all processes; nobody else is held, and in time it goes on", async () => {
    for (let n = 0; n < each.limit; n++) await countPaced((n % 2 ? app : other).ctx, pictures("a"));
    for (const { ctx } of [app, other]) {
      await assert.rejects(countPaced(ctx, pictures("a")), TOO_MANY);
      await assert.rejects(askPaced(ctx, pictures("a")), TOO_MANY);
    }
    await countPaced(other.ctx, pictures("b"));
    app.clock.advance(each.windowMs + each.windowMs / 12);
    await countPaced(app.ctx, pictures("a"));
  });

  it("is that of everybody together, of whom none can starve one: each still has a share", async () => {
    await crowd(all.limit);
    for (let n = 0; n < share; n++) await countPaced(app.ctx, pictures("modest"));
    await assert.rejects(countPaced(app.ctx, pictures("modest")), { status: 503 });
    await countPaced(other.ctx, pictures("late"));
    app.clock.advance(2 * all.windowMs);
    await countPaced(app.ctx, pictures("modest"));
  });

  it("does not count what was refused for want of room, nor what it refuses itself", async () => {
    for (let n = 0; n < 2 * each.limit; n++)
      await assert.rejects(
        whileCounted(app.ctx, pictures("unlucky"), () => Promise.reject(new Busy(5))),
        { status: 503 },
      );
    assert.equal(await whileCounted(app.ctx, pictures("unlucky"), async () => "taken"), "taken");
    for (let n = 1; n < each.limit; n++) await countPaced(app.ctx, pictures("unlucky"));
    for (let n = 0; n < 5; n++) await assert.rejects(countPaced(app.ctx, pictures("unlucky")), TOO_MANY);
    const spell = { windowMs: each.windowMs, at: app.clock.now() };
    assert.equal(
      await app.ctx.tries.tally(`pace/pictures/${app.ctx.vault.lookupHash("pace", "unlucky")}`, spell, 0),
      each.limit,
    );
  });

  it("of sign-ins goes by the network, whose address is not kept", async () => {
    const { limit } = PACES.signIns.each;
    const get = (url: string) => fetch(`${url}/h5/signin`, { redirect: "manual" });
    for (let n = 0; n < limit; n++) assert.equal((await get((n % 2 ? app : other).url)).status, 303);
    const refused = await Promise.all([app, other].map(({ url }) => get(url)));
    assert.deepEqual(
      refused.map(({ status }) => status),
      [429, 429],
    );
  });
});
