import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, it } from "node:test";
import { keysCommand } from "../../src/jobs/keys-command.ts";
import { restart, startTwoBehindOne, type TwoBehindOne, underTraffic } from "../journeys/rolling.ts";
import { closeDatabase } from "../support/database.ts";
import { amount } from "./amount.ts";

const key = () => randomBytes(32).toString("base64");
const old = { DATA_KEY: key(), SESSION_KEY: key() };
const fresh = { DATA_KEY: key(), SESSION_KEY: key() };
const others = ({ DATA_KEY, SESSION_KEY }: typeof old) => ({
  OTHER_DATA_KEY: DATA_KEY,
  OTHER_SESSION_KEY: SESSION_KEY,
});
const SETTLEMENTS = amount(20);

let two: TwoBehindOne;
before(async () => {
  two = await startTwoBehindOne(old);
});
after(async () => {
  await two.close();
  await closeDatabase();
});

it(`both keys are changed under ${SETTLEMENTS} settlements, and nothing is refused`, async (t) => {
  await underTraffic(t, two, {
    least: SETTLEMENTS,
    async work() {
      const steps = [
        { ...old, ...others(fresh) },
        { ...fresh, ...others(old) },
      ];
      for (const env of steps) for (const n of [0, 1]) await restart(two, n, env);
      assert.equal(await keysCommand(two.apps[0]!.ctx, ["rewrap"], () => {}), 0);
      assert.equal(await two.apps[1]!.ctx.rewrap.countLeft(), 0);
      // links and sessions of the old SESSION_KEY live on
      const end = { ...fresh, OTHER_SESSION_KEY: old.SESSION_KEY };
      for (const n of [0, 1]) await restart(two, n, end);
    },
  });
});
