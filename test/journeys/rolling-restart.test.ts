import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, it } from "node:test";
import { keysCommand } from "../../src/jobs/keys-command.ts";
import { closeDatabase } from "../support/database.ts";
import { restart, startTwoBehindOne, type TwoBehindOne, underTraffic } from "./rolling.ts";

const key = () => randomBytes(32).toString("base64");
const old = { DATA_KEY: key(), SESSION_KEY: key() };
const fresh = { DATA_KEY: key(), SESSION_KEY: key() };
const both = (first: typeof old, other: typeof old) => ({
  ...first,
  OTHER_DATA_KEY: other.DATA_KEY,
  OTHER_SESSION_KEY: other.SESSION_KEY,
});

let two: TwoBehindOne;
before(async () => {
  two = await startTwoBehindOne(both(old, fresh));
});
after(async () => {
  await two.close();
  await closeDatabase();
});

it("two processes that are restarted one after the other with other keys refuse no push and no step of a settlement", async (t) => {
  await underTraffic(t, two, {
    least: 1,
    async work() {
      for (const n of [0, 1]) await restart(two, n, both(fresh, old));
      assert.equal(await keysCommand(two.apps[0]!.ctx, ["rewrap"], () => {}), 0);
      assert.equal(await two.apps[1]!.ctx.rewrap.countLeft(), 0);
    },
  });
});
