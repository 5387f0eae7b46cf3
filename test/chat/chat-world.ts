import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import type { Accident, Invitation, Person } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { listSamples } from "../../src/simulator/samples/samples.ts";
import { admitted } from "../support/admitted.ts";
import { startApp, type TestApp, type TestAppOptions } from "../support/app.ts";
import { pushTo, pushXml } from "./platform-push.ts";

export const DECLARED = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };

/** One app and the people who chat with it. */
export interface ChatWorld {
  app: TestApp;
  /** an openid that nobody has met */
  stranger(): string;
  /** a new follower */
  follower(): Promise<string>;
  /** somebody who has agreed to the privacy notice */
  seen(openid: string): Promise<Person>;
  /** a follower with a case in hand */
  withAccident(): Promise<{ openid: string; accident: Accident }>;
  current(openid: string): Promise<Accident>;
  invitationOf(accident: Accident): Promise<Invitation>;
  lastWords(openid: string): string;
  say(openid: string, words: string): Promise<string>;
  /** sends any push of this person, as the platform posts it; returns the text of the answer */
  send(openid: string, fields: Record<string, string | number>): Promise<string | null>;
}

export async function startChat(options: TestAppOptions = {}): Promise<ChatWorld> {
  const app = await startApp(options);
  const { platform } = app.simulator;
  let people = 0;
  const world: ChatWorld = {
    app,
    stranger: () => `o_chat_${++people}`,
    async follower() {
      const openid = world.stranger();
      await platform.follow(openid);
      return openid;
    },
    seen: (openid) => admitted(app.ctx.people, openid),
    async withAccident() {
      const openid = await world.follower();
      return { openid, accident: await openAccident(app.ctx, { person: await world.seen(openid), ...DECLARED }) };
    },
    current: async (openid) => (await app.ctx.accidents.findByPerson(await world.seen(openid))) as Accident,
    async invitationOf(accident) {
      const { invitation } = await makeInvitation(app.ctx, { accidentId: accident.id, letter: "A" });
      assert.ok(invitation);
      return invitation;
    },
    lastWords: (openid) => platform.inbox(openid).at(-1)?.text ?? "",
    async say(openid, words) {
      await platform.sendText(openid, words);
      return world.lastWords(openid);
    },
    async send(openid, fields) {
      const sender = { url: app.url, wechat: app.config.wechat, now: () => app.clock.now() };
      const answer = await pushTo(sender, pushXml(openid, fields, app.clock.now()));
      assert.equal(answer.status, 200);
      return answer.content;
    },
  };
  return world;
}

export async function photographs(count: number): Promise<Buffer[]> {
  const samples = listSamples();
  return Promise.all(Array.from({ length: count }, (_, at) => readFile(samples[at % samples.length]?.file as URL)));
}
