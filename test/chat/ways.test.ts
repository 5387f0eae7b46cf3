import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { answerTo } from "../../src/chat/answer.ts";
import { disputingPair } from "../h5/disputes.ts";
import { newPerson } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const say = async (openid: string, content: string): Promise<string> => {
  const message = { kind: "text", openid, messageId: app.ctx.randomId(), content, at: app.clock.now() };
  return (await answerTo(app.ctx, message as never)) ?? "";
};

it("a word for the police leads to the ways in a case, and elsewhere to the numbers alone", async () => {
  const { A } = await disputingPair(app);
  for (const word of ["交警", "Police", "指导", "we disagree"])
    assert.match(await say(A.person.openid, word), /122[\s\S]*\/ways">/, word);
  assert.doesNotMatch(await say(A.person.openid, "叫交警"), /\/ways">/);
  const stranger = await newPerson(app.ctx, "zh");
  const answer = await say(stranger.openid, "交警");
  assert.doesNotMatch(answer, /\/ways">/);
  assert.match(answer, /122/);
});
