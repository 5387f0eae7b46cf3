import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { announcePhoto } from "../../src/actions/announce-photo.ts";
import { fetchPhoto } from "../../src/actions/fetch-photo.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { COMMANDS } from "../../src/chat/commands.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { missingSlots } from "../../src/domain/journey.ts";
import type { Notice } from "../../src/domain/notice.ts";
import { tellPerson } from "../../src/notices/tell-person.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { ManualClock } from "../support/clocks.ts";
import { closeDatabase } from "../support/database.ts";
import { refusalOf } from "../support/stored-photos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTwins, type Twin } from "./two-servers.ts";

const DECLARED = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };
const TEMPLATE = "template_of_news";
const SUBSCRIPTION = "subscription_of_news";
const SEND = "/cgi-bin/message/custom/send";
const TEMPLATES = "/cgi-bin/message/template/send";

describe("what is said to a person unasked", () => {
  let twins: [Twin, Twin];
  let clock: ManualClock;
  let platform: Simulator["platform"];
  let people = 0;

  before(async () => {
    const dir = temporaryFolder("notices");
    const file = join(dir, "config.yaml");
    await writeFile(file, `wechat: { noticeTemplateId: ${TEMPLATE}, subscriptionTemplateId: ${SUBSCRIPTION} }\n`);
    ({ twins, clock } = await startTwins({ CONFIG_FILE: file }));
    platform = (twins[0].simulator as Simulator).platform;
  });
  after(async () => {
    for (const twin of twins.toReversed()) await twin.stop();
    await closeDatabase();
  });

  /** A driver with a case whose windows are closed, and a notice to that driver. */
  async function driver({ follows = true } = {}) {
    const { ctx } = twins[0];
    const openid = `o_notice_${++people}`;
    platform.people.add(openid);
    if (follows) await platform.follow(openid);
    const person = await ctx.people.see(openid);
    const accident = await openAccident(ctx, { person, ...DECLARED });
    clock.advance(61_000);
    const notice: Notice = { code: "may-move", params: { number: accident.number }, accidentId: accident.id };
    const input = { personId: person.id, notice, deliveryId: `${accident.id}-${randomUUID().slice(0, 6)}` };
    const before = platform.inbox(openid).length;
    const heard = () => platform.inbox(openid).slice(before);
    return { openid, person, accident, notice, input, heard };
  }

  const vias = (lines: { via: string }[]) => lines.map(({ via }) => via);

  it("goes as a customer message while the window is open", async () => {
    const { openid, input, heard } = await driver();
    await platform.sendText(openid, "hello");
    assert.equal(await tellPerson(twins[0].ctx, input), "customer-message");
    assert.match(heard().at(-1)?.text ?? "", /请立即挪车/);
  });

  it("goes as a template message when it is closed, and its fate is written down", async () => {
    const { input, heard } = await driver();
    assert.equal(await tellPerson(twins[0].ctx, input), "template-message");
    assert.deepEqual(vias(heard()), ["template"]);
    await platform.settle();
    const record = await twins[0].ctx.notices.find(input.deliveryId);
    assert.equal(record?.channel, "template-message");
    assert.deepEqual(
      record?.results?.map(({ ok, status }) => ({ ok, status })),
      [{ ok: true, status: "success" }],
    );
  });

  it("goes as a subscription notice to who agreed to one, follower or not, once for each consent", async () => {
    const { ctx } = twins[0];
    const { openid, input, heard } = await driver({ follows: false });
    await platform.consent(openid, SUBSCRIPTION, true);
    assert.equal(await tellPerson(ctx, input), "subscription-notice");
    assert.deepEqual(vias(heard()), ["subscription"]);
    await platform.settle();
    assert.equal((await ctx.notices.find(input.deliveryId))?.results?.[0]?.status, "success");
    assert.equal(await tellPerson(ctx, { ...input, deliveryId: `${input.deliveryId}2` }), "kept");
  });

  it("is not sent to who took his consent back, here or at the platform", async () => {
    const { ctx } = twins[0];
    const { openid, person, input } = await driver({ follows: false });
    await platform.consent(openid, SUBSCRIPTION, true);
    await platform.consent(openid, SUBSCRIPTION, false);
    assert.equal(await ctx.people.takeConsent(person.id, SUBSCRIPTION), false);

    await ctx.people.noteConsent(person.id, SUBSCRIPTION, "accept");
    platform.people.get(openid).consents.clear();
    assert.equal(await tellPerson(ctx, input), "kept", "43101");
    assert.equal(await ctx.people.takeConsent(person.id, SUBSCRIPTION), false);
  });

  it("leaves him his consent when the platform refuses for a reason of its own", async () => {
    const { ctx } = twins[0];
    const { openid, person, input } = await driver({ follows: false });
    await platform.consent(openid, SUBSCRIPTION, true);
    platform.fail({ path: "/cgi-bin/message/subscribe/bizsend", errcode: 45009 });
    assert.equal(await tellPerson(ctx, input), "kept");
    assert.equal(await ctx.people.takeConsent(person.id, SUBSCRIPTION), true);
  });

  it("is kept where no channel carries it, and said with the next answer", async () => {
    const { openid, input } = await driver({ follows: false });
    assert.equal(await tellPerson(twins[0].ctx, input), "kept");
    await platform.follow(openid);
    assert.match(platform.inbox(openid).at(-1)?.text ?? "", /请立即挪车/);
  });

  it("takes the next way when the platform reports that it did not arrive", async () => {
    const { ctx } = twins[0];
    const { openid, accident, heard } = await driver();
    platform.people.get(openid).blocks = true;
    await ctx.accidents.change(accident.id, (now) => ({
      accident: now,
      events: [],
      outbox: [
        {
          kind: "notice",
          target: ctx.vault.personId(openid),
          body: JSON.stringify({ code: "may-move", params: { number: now.number }, accidentId: now.id }),
        },
      ],
    }));
    await twins[0].settle();
    const record = await ctx.notices.find(`${accident.id}-${32}`);
    assert.equal(record?.results?.[0]?.status, "failed:user block");
    assert.equal(record?.channel, "kept");
    assert.deepEqual(heard(), []);
    await platform.sendText(openid, "人工");
    assert.match(heard().at(-1)?.text ?? "", /请立即挪车[\s\S]*12345/);
  });

  it("is said once, however often and wherever the delivery is tried", async () => {
    const { openid, input, heard } = await driver();
    await platform.sendText(openid, "hello");
    const before = heard().length;
    assert.equal(await tellPerson(twins[0].ctx, input), "customer-message");
    assert.equal(await tellPerson(twins[1].ctx, input), "customer-message");
    assert.equal(heard().length, before + 1);
  });

  it("is not pushed again after a process died in the middle of saying it", async () => {
    const { ctx } = twins[0];
    const { input, heard } = await driver();
    await ctx.notices.begin({ id: input.deliveryId, accidentId: input.notice.accidentId, code: input.notice.code });
    assert.equal(await tellPerson(ctx, input), "kept");
    assert.deepEqual(heard(), []);
  });

  it("is not repeated after a time-out of the platform, for it may have arrived", async () => {
    const { openid, input, heard } = await driver();
    await platform.sendText(openid, "hello");
    const before = heard().length;
    void platform.silence({ path: SEND }).then(() => clock.advance(5_000));
    assert.equal(await tellPerson(twins[0].ctx, input), "kept");
    assert.equal(heard().length, before + 1);
  });

  it("by template is sent again at once when the connection broke, under the same id, and kept when it breaks twice", async () => {
    const { input, heard } = await driver();
    platform.drop({ path: TEMPLATES });
    assert.equal(await tellPerson(twins[0].ctx, input), "template-message");
    assert.deepEqual(vias(heard()), ["template"]);
    platform.drop({ path: TEMPLATES, times: 2 });
    assert.equal(await tellPerson(twins[0].ctx, { ...input, deliveryId: `${input.deliveryId}2` }), "kept");
    await platform.settle();
  });

  it("is left to the job while no token can be had: then it has not arrived for sure", async () => {
    const { openid, input } = await driver();
    await platform.sendText(openid, "hello");
    clock.advance(3 * 3600_000);
    platform.drop({ path: "/cgi-bin/stable_token" });
    await assert.rejects(tellPerson(twins[0].ctx, input), { code: "wechat-broken" });
    assert.equal(await tellPerson(twins[0].ctx, input), "customer-message");
  });

  it("is left to the job to try again while the platform is down, and then said", async () => {
    const { openid, input } = await driver();
    await platform.sendText(openid, "hello");
    platform.fail({ path: SEND, errcode: 45011 });
    await assert.rejects(tellPerson(twins[0].ctx, input), { code: "wechat-too-often" });
    assert.equal(await tellPerson(twins[0].ctx, input), "customer-message");
  });

  it("is kept after the last attempt, and said with the next answer", async () => {
    const { openid, input, heard } = await driver();
    await platform.sendText(openid, "hello");
    platform.fail({ path: SEND, errcode: 45011, times: 2 });
    await assert.rejects(tellPerson(twins[0].ctx, input), { code: "wechat-too-often" });
    assert.equal(await tellPerson(twins[0].ctx, { ...input, last: true }), "kept");
    await platform.sendText(openid, "人工");
    assert.match(heard().at(-1)?.text ?? "", /请立即挪车[\s\S]*12345/);
  });

  it("goes another way where the day's quota is used up", async () => {
    const { openid, input } = await driver();
    await platform.sendText(openid, "hello");
    platform.fail({ path: SEND, errcode: 45009 });
    assert.equal(await tellPerson(twins[0].ctx, input), "template-message");
    assert.ok((await twins[0].ctx.quota.left(openid, clock.now())) > 0, "his window is open still");
  });

  it("takes what waits for him along, and loses none of it nor its order when the sending fails", async () => {
    const { ctx } = twins[0];
    const { openid, person, input, heard } = await driver();
    await platform.sendText(openid, "hello");
    await ctx.people.keepUnsaid(person.id, "first words", "second words", "字".repeat(650));
    for (const errcode of [45011, 48001]) platform.fail({ path: SEND, errcode });
    await assert.rejects(tellPerson(ctx, input), { code: "wechat-too-often" });
    assert.equal(await tellPerson(ctx, input), "template-message");
    assert.equal(await tellPerson(ctx, { ...input, deliveryId: `${input.deliveryId}2` }), "customer-message");
    assert.match(heard().at(-1)?.text ?? "", /^first words\n\nsecond words\n\n.*请立即挪车/);
  });

  it("tells who sent a picture that cannot be had to send it again", async () => {
    const { ctx } = twins[0];
    const { openid, accident, heard } = await driver();
    await platform.sendText(openid, "hello");
    const announced = await announcePhoto(ctx, { accidentId: accident.id, letter: "A", mediaId: "m1" });
    const photoId = String(announced.photos[0]?.id);
    platform.answerStatus({ path: "/cgi-bin/media/get", status: 503 });
    await assert.rejects(fetchPhoto(ctx, { accidentId: accident.id, photoId }), { code: "wechat-http" });
    assert.equal(await fetchPhoto(ctx, { accidentId: accident.id, photoId }), null);
    const after = await ctx.accidents.get(accident.id);
    assert.deepEqual([after.photos[0]?.state, missingSlots(after)[0]], ["refused", "scene"]);
    await twins[0].settle();
    assert.match(heard().at(-1)?.text ?? "", /“两车全景”照片未通过检查：微信中的照片已失效。请重新发送/);

    const { id: mediaId } = platform.putMedia(Buffer.from("%PDF-1.7\n%âãÏÓ", "latin1"), "application/pdf");
    const second = await announcePhoto(ctx, { accidentId: accident.id, letter: "A", mediaId });
    await twins[0].settle();
    const { photos } = await ctx.accidents.get(accident.id);
    assert.equal(refusalOf(photos.find(({ id }) => id === second.photos.at(-1)?.id)), "not-an-image");
    assert.match(heard().at(-1)?.text ?? "", /这不是照片。请拍摄后发送/);
    assert.equal(heard().length, 3, "each is told");
  });

  it("believes the platform when that says that the window is closed", async () => {
    const { openid, input } = await driver();
    await platform.sendText(openid, "hello");
    platform.people.get(openid).windows.message.left = 0;
    assert.equal(await tellPerson(twins[0].ctx, input), "template-message");
    assert.equal(await twins[0].ctx.quota.left(openid, clock.now()), 0);
  });

  it("leaves the last two messages of a window to what matters", async () => {
    const { ctx } = twins[0];
    const { openid, input } = await driver();
    await platform.sendText(openid, "hello");
    const tell = (code: Notice["code"], id: string) =>
      tellPerson(ctx, { ...input, notice: { ...input.notice, code }, deliveryId: id });
    const channels: string[] = [];
    for (let at = 0; at < 4; at++) channels.push(await tell("other-signed", `${input.deliveryId}s${at}`));
    assert.deepEqual(channels, [...Array(3).fill("customer-message"), "template-message"]);
    assert.equal(await tell("may-move", `${input.deliveryId}m`), "customer-message");
    assert.equal(await tell("ended", `${input.deliveryId}e`), "customer-message");
    assert.equal(await ctx.quota.left(openid, clock.now()), 0);
  });

  it("knows the windows: five in 48 hours after a message, three in a minute after a click, a scan or a subscription", async () => {
    const { quota } = twins[1].ctx;
    const { openid } = await driver();
    const left = () => quota.left(openid, clock.now());
    assert.equal(await left(), 0);
    await platform.click(openid, "help");
    assert.equal(await left(), 3);
    await platform.sendText(openid, "hello");
    assert.equal(await left(), 8);
    clock.advance(60_001);
    assert.equal(await left(), 5);
    await platform.view(openid, "https://example.com");
    clock.advance(48 * 3600_000);
    assert.equal(await left(), 0);
  });

  it("refreshes the platform's token once for both processes", async () => {
    const first = await driver();
    const second = await driver();
    await tellPerson(twins[0].ctx, first.input);
    platform.invalidateTokens();
    const before = { ...platform.issued };
    const channels = await Promise.all([
      tellPerson(twins[0].ctx, second.input),
      tellPerson(twins[1].ctx, { ...first.input, deliveryId: randomUUID() }),
    ]);
    assert.deepEqual(channels, ["template-message", "template-message"]);
    assert.equal(platform.issued.stable, before.stable + 1);
    assert.equal(platform.issued.forced, before.forced);
  });

  it("has its menu on the account: pages and known commands only", () => {
    const { config } = twins[1].ctx;
    assert.deepEqual(platform.menu(), config.menu);
    const leaves = config.menu.button.flatMap((button) => ("sub_button" in button ? button.sub_button : [button]));
    for (const leaf of leaves) {
      if (leaf.type === "view") assert.ok(leaf.url.startsWith(`${config.publicUrl}/h5`), leaf.url);
      if (leaf.type === "click") assert.ok(Object.hasOwn(COMMANDS, leaf.key), leaf.key);
    }
    assert.ok(leaves.some(({ type }) => type === "view"));
  });
});
