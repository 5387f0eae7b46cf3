import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sceneOf } from "../../src/domain/invitation.ts";
import { closeDatabase } from "../support/database.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { type ChatWorld, DECLARED, startChat } from "./chat-world.ts";

describe("an invitation", () => {
  let chat: ChatWorld;

  before(async () => {
    chat = await startChat();
  });
  after(async () => {
    await chat.app.stop();
    await closeDatabase();
  });

  it("brings the second driver in by the scanned code, follower or not", async () => {
    const { accident } = await chat.withAccident();
    const { code } = await chat.invitationOf(accident);
    const stranger = chat.stranger();
    await chat.app.simulator.platform.scan(stranger, sceneOf(code));
    assert.ok(chat.lastWords(stranger).includes(`/h5/join/${code}`), "subscribe with qrscene_");
    const known = await chat.follower();
    await chat.app.simulator.platform.scan(known, sceneOf(code));
    assert.ok(chat.lastWords(known).includes(`/h5/join/${code}`), "SCAN");
  });

  it("gives six digits on request, and takes them however they are typed", async () => {
    const { openid } = await chat.withAccident();
    const answer = await chat.say(openid, "邀请");
    const digits = /(\d{6})（/.exec(answer)?.[1] as string;
    const { id, invitation } = await chat.current(openid);
    assert.ok(
      answer.includes(`<a href="${chat.app.url}/h5/accidents/${id}/invite">`),
      "the page on which the code to scan stands",
    );
    const second = await chat.follower();
    for (const typed of [digits, `${digits.slice(0, 3)} ${digits.slice(3)}`]) {
      const said = await chat.say(second, typed);
      // a way of its own, which the other driver's yes opens
      assert.ok(said.includes(`/h5/join/${id}.`) && !said.includes(String(invitation?.code)), typed);
    }
  });

  it("makes new digits when the old ones have run out, and leaves the code to scan as it is", async () => {
    const { openid, accident } = await chat.withAccident();
    const old = await chat.invitationOf(accident);
    chat.app.clock.advance(16 * 60_000);
    const second = await chat.follower();
    assert.match(await chat.say(second, old.digits), /已过期/);
    await chat.say(openid, "邀请");
    const { invitation } = await chat.current(openid);
    assert.equal(invitation?.code, old.code);
    assert.notEqual(invitation?.digits, old.digits);
  });

  it("says what is wrong with an invitation and what to do", async () => {
    const { openid, accident } = await chat.withAccident();
    const { code, digits } = await chat.invitationOf(accident);
    await chat.app.simulator.platform.scan(openid, sceneOf(code));
    assert.match(chat.lastWords(openid), /您自己发出的邀请/);

    const second = await chat.follower();
    await joinByCode(chat.app.ctx, { person: await chat.seen(second), code, ...DECLARED });
    assert.match(await chat.say(second, digits), /已加入本次事故处理/);
    const third = await chat.follower();
    await chat.app.simulator.platform.scan(third, sceneOf(code));
    assert.match(chat.lastWords(third), /已被使用/);

    const other = await chat.withAccident();
    const expiring = await chat.invitationOf(other.accident);
    chat.app.clock.advance(31 * 60_000);
    const late = await chat.send(third, {
      MsgType: "event",
      Event: "SCAN",
      EventKey: sceneOf(expiring.code),
      Ticket: "t",
    });
    assert.match(late ?? "", /已过期/);
    assert.match(
      (await chat.send(third, { MsgType: "event", Event: "SCAN", EventKey: "join_nobody" })) ?? "",
      /已过期/,
    );
  });

  const aQuarterLater = () => chat.app.clock.advance(900_000);

  it("lets nobody guess digits: five tries in a quarter of an hour", async () => {
    aQuarterLater();
    const guesser = await chat.follower();
    for (let guess = 0; guess < 5; guess++) assert.match(await chat.say(guesser, `00000${guess}`), /未找到该邀请/);
    assert.match(await chat.say(guesser, "000009"), /尝试次数过多/);
    aQuarterLater();
    assert.match(await chat.say(guesser, "000009"), /未找到该邀请/);
  });

  it("lets a case be tried twenty times by all together", async () => {
    aQuarterLater();
    const { accident } = await chat.withAccident();
    const { digits } = await chat.invitationOf(accident);
    for (let tries = 0; tries < 20; tries++) assert.match(await chat.say(await chat.follower(), digits), /h5\/join/);
    assert.match(await chat.say(await chat.follower(), digits), /尝试次数过多/);
  });
});
