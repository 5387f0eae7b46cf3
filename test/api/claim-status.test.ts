import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { calculateObjectSize } from "bson";
import mongoose, { type Connection } from "mongoose";
import type { Accident, Claim, Person } from "../../src/domain/accident.ts";
import { sign } from "../../src/insurers/standard-webhooks.ts";
import { noticeText } from "../../src/notices/notice-text.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { closeDatabase } from "../support/database.ts";

let house: ClaimsHouse;
let connection: Connection;
before(async () => {
  house = await openClaimsHouse();
  connection = await mongoose.createConnection(house.databaseUri).asPromise();
});
after(async () => {
  await connection.close();
  await house.close();
  await closeDatabase();
});

/** An accident whose claims are delivered; A's is at PICC, B's at PAIC unless told. */
async function delivered(
  options: Parameters<ClaimsHouse["conclude"]>[0] = {},
): Promise<{ accident: Accident; ref: string; refB: string }> {
  const accident = await house.conclude(options);
  await house.jobs.settle();
  const [a, b] = accident.claims.map(({ ref }) => ref) as [string, string];
  return { accident, ref: a, refB: b };
}

const claimOf = async (accident: Accident, index = 0) =>
  (await house.ctx.accidents.get(accident.id)).claims[index] as Claim;
const eventsOf = async (accident: Accident) =>
  (await house.ctx.accidents.get(accident.id)).events.filter(({ by }) => by.startsWith("insurer:"));
/**
 * Size in bytes and number of events of the document, without the marks of its last writes, of which few are
 * kept.
 */
async function grown(accident: Accident): Promise<{ size: number; events: number }> {
  const accidents = connection.collection<{ _id: string; events: object[]; writes: string[] }>("accidents");
  const { writes: _, ...rest } = (await accidents.findOne({ _id: accident.id })) ?? { writes: [], events: [] };
  return { size: calculateObjectSize(rest), events: rest.events.length };
}
const codes = async (accident: Accident) => (await house.notices(accident.id)).map(({ code }) => code);

interface Call {
  code?: string;
  ref: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  secrets?: readonly string[];
  id?: string;
}

/** A call-back made by hand; signed by PICC unless told. */
async function call({ code = "PICC", ref, body = "", headers, secrets, id = "st_by_hand" }: Call) {
  const timestamp = Math.floor(house.clock.now().getTime() / 1000);
  const own = house.ctx.config.insurers.find((insurer) => insurer.code === code)?.secrets ?? [];
  const signed = sign({ id, timestamp, body, secrets: secrets ?? own });
  const response = await fetch(`${house.url}/api/insurers/${code}/claims/${ref}/status`, {
    method: "POST",
    headers: { "content-type": "application/json", ...signed, ...headers },
    body,
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

const bodyFor = (ref: string, change: object = {}) =>
  JSON.stringify({
    claimRef: ref,
    insurerCode: "PICC",
    insurerClaimNo: "R-1",
    sequence: 1,
    status: "received",
    ...change,
  });

describe("an insurer's call-back", () => {
  it("moves the claim, becomes an event and tells the driver", async () => {
    const { accident, ref } = await delivered();
    const sent = await house.insurers.sendStatus("PICC", ref, {
      status: "survey_scheduled",
      occurredAt: "2026-11-02T12:30:00+08:00",
      surveyor: { name: "王师傅", phone: "13700000003" },
      reason: { text: "明天上午" },
    });
    assert.deepEqual([sent.status, sent.body], [200, { accepted: true }]);
    const claim = await claimOf(accident);
    assert.deepEqual(
      [claim.status, claim.statusAt.toISOString(), claim.insurerClaimNo, claim.sequence],
      ["survey_scheduled", "2026-11-02T04:30:00.000Z", `PICC-${ref}`, 1],
    );
    const [event] = await eventsOf(accident);
    assert.equal(event?.by, "insurer:PICC");
    assert.ok(!JSON.stringify(event).includes("王师傅") && !JSON.stringify(event).includes("13700000003"));
    const [told] = await house.notices(accident.id);
    assert.deepEqual([told?.code, told?.to], ["claim-survey_scheduled", `${accident.id}-A`]);
    assert.deepEqual(
      [told?.params.surveyor, told?.params.phone, told?.params.reason],
      [" 王师傅", " 13700000003", " (明天上午)"],
    );
    assert.equal((await claimOf(accident, 1)).status, "submitted", "the other claim stays");
  });

  it("that finds us busy is answered 503, so that it comes again, and is taken then", async () => {
    const { accident, ref } = await delivered();
    const words = { kind: "notice" as const, target: "nobody", body: JSON.stringify({ code: "x", params: {} }) };
    await house.ctx.accidents.change(accident.id, (current) => ({
      accident: current,
      events: [],
      outbox: Array(32).fill(words),
    }));
    const answer = await call({ ref, body: bodyFor(ref) });
    assert.deepEqual([answer.status, answer.body.code], [503, "too-busy"]);
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
    assert.equal((await claimOf(accident)).status, "submitted");
    for (const { accidentId, entries } of await house.ctx.accidents.listOutbox(10)) {
      const ids = entries.map(({ id }) => id);
      await house.ctx.accidents.pullOutbox(accidentId, ids);
    }
    assert.equal((await call({ ref, body: bodyFor(ref) })).status, 200);
    assert.equal((await claimOf(accident)).status, "received");
  });

  it("keeps amounts in fen and tells every payment", async () => {
    const { accident, ref } = await delivered();
    await house.insurers.sendStatus("PICC", ref, { status: "assessed", amounts: { assessedFen: 135_000 } });
    await house.insurers.sendStatus("PICC", ref, { status: "paid", amounts: { paidFen: 100_050 } });
    await house.insurers.sendStatus("PICC", ref, { status: "paid", amounts: { paidFen: 135_000 } });
    const claim = await claimOf(accident);
    assert.deepEqual([claim.status, claim.assessedFen, claim.paidFen], ["paid", 135_000, 135_000]);
    const told = await house.notices(accident.id);
    assert.deepEqual(
      told.map(({ code, params }) => [code, params.amount]),
      [
        ["claim-assessed", " ¥1350.00"],
        ["claim-paid", " ¥1000.50"],
        ["claim-paid", " ¥1350.00"],
      ],
    );
  });

  it("has its effect once, however often it comes, also all at once", async () => {
    const { accident, ref } = await delivered();
    const status = { status: "received", sequence: 4, webhookId: "st_same" };
    const answers = await Promise.all(Array.from({ length: 10 }, () => house.insurers.sendStatus("PICC", ref, status)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(10).fill(200),
    );
    assert.equal(answers.filter(({ body }) => body.duplicate === true).length, 9);
    assert.equal((await eventsOf(accident)).length, 1);
    assert.deepEqual(await codes(accident), ["claim-received"]);
  });

  it("that comes late is kept and changes nothing", async () => {
    const { accident, ref } = await delivered();
    await house.insurers.sendStatus("PICC", ref, { status: "surveyed", sequence: 5 });
    const late = await house.insurers.sendStatus("PICC", ref, { status: "received", sequence: 2 });
    assert.deepEqual([late.status, late.body], [200, { accepted: true, stale: true }]);
    assert.equal((await claimOf(accident)).status, "surveyed");
    assert.deepEqual(
      (await eventsOf(accident)).map(({ data }) => [data.status, data.stale ?? false]),
      [
        ["surveyed", false],
        ["received", true],
      ],
    );
    assert.deepEqual(await codes(accident), ["claim-surveyed"]);
  });

  it("that is impossible is answered 409 each time and held once for a person", async () => {
    const { accident, ref } = await delivered();
    await house.insurers.sendStatus("PICC", ref, { status: "rejected", reason: { code: "not_in_force" } });
    const impossible = { status: "paid", amounts: { paidFen: 1 }, webhookId: "st_impossible" };
    for (let n = 0; n < 2; n++) {
      const sent = await house.insurers.sendStatus("PICC", ref, impossible);
      assert.equal(sent.status, 409);
      assert.deepEqual([sent.body.accepted, sent.body.held, sent.body.code], [false, true, "claim-status-held"]);
    }
    assert.equal((await claimOf(accident)).status, "rejected");
    const held = (await eventsOf(accident)).filter(({ type }) => type === "claim-status-held");
    assert.deepEqual(
      held.map(({ data }) => [data.status, data.paidFen]),
      [["paid", 1]],
    );
    assert.ok(house.lines.some((line) => line.includes("claim.status-held") && line.includes(ref)));
    assert.deepEqual(await codes(accident), ["claim-rejected"]);
    assert.equal((await house.insurers.sendStatus("PICC", ref, { status: "reopened" })).status, 200);
  });

  it("of the very time of the last one is taken in the order of arrival and said to be", async () => {
    const { accident, ref } = await delivered();
    const say = (status: string, occurredAt: string) =>
      call({ ref, body: bodyFor(ref, { status, occurredAt, sequence: undefined }), id: `st_${status}` });
    const at = "2026-11-02T12:30:00+08:00";
    assert.deepEqual((await say("accepted", at)).body, { accepted: true });
    assert.deepEqual((await say("surveyed", "2026-11-02T04:30:00.000Z")).body, { accepted: true, sameTime: true });
    assert.deepEqual((await say("assessed", at)).body, { accepted: true, sameTime: true });
    assert.deepEqual((await say("paid", "2026-11-02T12:30:01+08:00")).body, { accepted: true });
    assert.equal((await claimOf(accident)).status, "paid");
    const events = await eventsOf(accident);
    assert.deepEqual(
      events.map(({ data }) => [data.status, data.sameTime ?? false]),
      [
        ["accepted", false],
        ["surveyed", true],
        ["assessed", true],
        ["paid", false],
      ],
    );
    assert.deepEqual((await say("assessed", at)).body, { accepted: true, duplicate: true });
  });

  it("that says again what the last one said grows nothing, whatever its id", async () => {
    const { accident, ref } = await delivered();
    const need = { status: "need_more", reason: { text: "请补充行驶证照片" }, requests: [{ docKind: "licence" }] };
    const amounts = { paidFen: 135_000 };
    const rounds: [object, object, number][] = [
      [{ sequence: 3, ...need }, { accepted: true, unchanged: true }, 200],
      [{ sequence: 30, status: "paid", amounts, fundFlowNo: "F1" }, { accepted: true, unchanged: true }, 200],
      [{ sequence: 60, status: "closed" }, { accepted: true, unchanged: true }, 200],
      [{ sequence: 2, status: "surveyed" }, { accepted: true, stale: true }, 200],
      [{ sequence: 90, status: "rejected" }, {}, 409],
    ];
    for (const [body, repeated, status] of rounds) {
      const { sequence: first } = body as { sequence: number };
      await house.insurers.sendStatus("PICC", ref, body as never);
      const { size, events } = await grown(accident);
      const told = (await codes(accident)).length;
      for (let more = 0; more < 5; more++) {
        const sequence = first + ("stale" in repeated ? 0 : more);
        const again = await house.insurers.sendStatus("PICC", ref, { ...body, sequence } as never);
        assert.equal(again.status, status);
        if (status === 200) assert.deepEqual(again.body, repeated, JSON.stringify(body));
      }
      assert.deepEqual(await grown(accident), { size, events });
      assert.equal((await codes(accident)).length, told);
    }
    assert.equal(house.lines.filter((line) => line.includes("claim.status-held") && line.includes(ref)).length, 1);
  });

  it("that was overtaken by a repetition is late", async () => {
    const { accident, ref } = await delivered();
    for (const sequence of [3, 5]) await house.insurers.sendStatus("PICC", ref, { status: "surveyed", sequence });
    const late = await house.insurers.sendStatus("PICC", ref, { status: "need_more", sequence: 4 });
    assert.deepEqual(late.body, { accepted: true, stale: true });
    assert.equal((await claimOf(accident)).status, "surveyed");
  });

  it("of another payment or another paper is no repetition", async () => {
    const { accident, ref } = await delivered();
    const amounts = { paidFen: 50_000 };
    for (const fundFlowNo of ["F1", "F2"])
      assert.deepEqual((await house.insurers.sendStatus("PICC", ref, { status: "paid", amounts, fundFlowNo })).body, {
        accepted: true,
      });
    assert.deepEqual(await codes(accident), ["claim-paid", "claim-paid"]);
  });

  it("is one of two hundred a day about one claim: the next is answered 429, and taken on the next day", async () => {
    const { accident, ref, refB } = await delivered();
    const surveyor = (n: number) => ({ status: "surveyed", surveyor: { name: `王${n}` } });
    for (let n = 0; n < 200; n++)
      assert.equal((await house.insurers.sendStatus("PICC", ref, surveyor(n))).status, 200, String(n));
    const before = await grown(accident);
    const refused = await call({ ref, body: bodyFor(ref, { status: "assessed", sequence: 500 }), id: "st_201" });
    assert.deepEqual([refused.status, refused.body.code], [429, "too-many-news"]);
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait > 0 && wait <= 86_400, String(wait));
    assert.deepEqual(await grown(accident), before);
    const webhookId = String((await eventsOf(accident)).at(-1)?.data.message);
    const known = await house.insurers.sendStatus("PICC", ref, { ...surveyor(199), webhookId });
    assert.deepEqual([known.status, known.body], [200, { accepted: true, duplicate: true }], "its answer was lost");
    assert.equal((await house.insurers.sendStatus("PAIC", refB, { status: "received" })).status, 200, "another claim");
    house.clock.advance(wait * 1_000);
    assert.equal(
      (await call({ ref, body: bodyFor(ref, { status: "assessed", sequence: 500 }), id: "st_201" })).status,
      200,
    );
    assert.equal((await claimOf(accident)).status, "assessed");
  });

  it("may hold more than the schema names: what nobody knows is left out", async () => {
    const { accident, ref } = await delivered();
    const more = {
      extra: { of: ["the insurer's own"] },
      amounts: { assessedFen: 5, currency: "CNY" },
      surveyor: { name: "王师傅", wechat: "x" },
    };
    const answer = await call({ ref, body: bodyFor(ref, { status: "assessed", ...more }) });
    assert.deepEqual([answer.status, answer.body], [200, { accepted: true }]);
    assert.equal((await claimOf(accident)).assessedFen, 5);
    assert.ok(!JSON.stringify(await eventsOf(accident)).includes("currency"));
  });

  it("puts words into our message, never a link", async () => {
    const { accident, ref } = await delivered();
    const text =
      '<a href="https://pay.example/x">领取赔款</a>，或登录 www.pay.example 与 pay.example/a?b=c (weixin://dl/x)。';
    const surveyor = { name: "<b>pay.example</b>", phone: "13700000003" };
    await house.insurers.sendStatus("PICC", ref, { status: "need_more", reason: { text }, surveyor });
    const [told = assert.fail("nobody was told")] = await house.notices(accident.id);
    const person = { language: "zh" } as Person;
    const said = noticeText(house.ctx, person, { ...told, accidentId: accident.id });
    assert.match(said, /领取赔款/);
    const own = /<a href="[^"<>]*\/h5\/accidents\/[^"<>]+">[^<>]+<\/a>/g;
    assert.doesNotMatch(said.replaceAll(own, ""), /[<>]|pay\.example|:\/\//);
    assert.equal(said.match(own)?.length, 1, "our own link stays");
  });

  it("about the claim of another insurer is as one about no claim: 404, nothing changed", async () => {
    const { accident, ref, refB } = await delivered();
    const foreign = await house.insurers.sendStatus("PAIC", ref, { status: "paid" });
    const none = await house.insurers.sendStatus("PAIC", "KC00000000-000000-A", { status: "paid" });
    assert.deepEqual([foreign.status, none.status], [404, 404]);
    assert.deepEqual(foreign.body, none.body);
    const other = await call({ ref: refB, body: bodyFor(refB) });
    assert.equal(other.status, 404);
    assert.equal((await eventsOf(accident)).length, 0);
  });

  it("about one of two claims at the same insurer moves that one", async () => {
    const { accident, refB } = await delivered({ insurers: { A: "PICC", B: "PICC" } });
    await house.insurers.sendStatus("PICC", refB, { status: "accepted" });
    assert.deepEqual(
      [(await claimOf(accident)).status, (await claimOf(accident, 1)).status],
      ["submitted", "accepted"],
    );
  });
});

describe("a call-back that is not as it should be", () => {
  it("is refused for every fault of the signature, with the reason", async () => {
    const { accident, ref } = await delivered();
    const body = bodyFor(ref);
    const stale = String(Math.floor(house.clock.now().getTime() / 1000) - 301);
    const before = { ...house.ctx.refusals.counts()["status"] };
    const paic = house.ctx.config.insurers.find(({ code }) => code === "PAIC")?.secrets ?? [];
    const calls: [string, Parameters<typeof call>[0]][] = [
      ["signature", { ref, body, secrets: paic }],
      ["clock", { ref, body, headers: { "webhook-timestamp": stale } }],
      ["signature", { ref, body, headers: { "webhook-signature": "v1,AAAA" } }],
      ["signature", { ref, body, headers: { "webhook-id": "other" } }],
      ["webhook-id", { ref, body, headers: { "webhook-id": "a b" } }],
      ["webhook-timestamp", { ref, body, headers: { "webhook-timestamp": "today" } }],
      ["signature", { ref, body: "not json", headers: { "webhook-signature": "" } }],
      ["signature", { ref: "KC00000000-000000-A", body, secrets: paic }],
    ];
    const sentences = new Set<string>();
    for (const [reason, one] of calls) {
      const answer = await call(one);
      assert.deepEqual([answer.status, answer.body.code, answer.body.reason], [401, "not-signed-in", reason]);
      sentences.add(JSON.stringify(answer.body.message));
    }
    assert.equal(sentences.size, 4, "each reason has its own sentence");
    assert.equal((await eventsOf(accident)).length, 0);
    const counted = house.ctx.refusals.counts()["status"] ?? {};
    const grown = Object.keys(counted).map((reason) => [reason, (counted[reason] ?? 0) - (before[reason] ?? 0)]);
    assert.deepEqual(Object.fromEntries(grown.filter(([, by]) => by)), {
      ...{ signature: 5, clock: 1 },
      ...{ "webhook-id": 1, "webhook-timestamp": 1 },
    });
  });

  it("is refused for an insurer that is not there, or has no interface", async () => {
    for (const code of ["NONE", "TPIC", "__proto__", "PICC%00"]) {
      const response = await fetch(`${house.url}/api/insurers/${code}/claims/x/status`, { method: "POST", body: "{}" });
      assert.equal(response.status, 404, code);
    }
  });

  it("is too large, not JSON, not UTF-8 or no object", async () => {
    const { ref } = await delivered();
    const large = await call({ ref, body: bodyFor(ref, { reason: { text: "x".repeat(65 * 1024) } }) });
    assert.deepEqual([large.status, large.body.code], [413, "body-too-large"]);
    for (const body of ["", "{", "[]", "null", '"text"', Buffer.from([0x7b, 0xff, 0x7d]), "<xml/>"]) {
      const answer = await call({ ref, body });
      assert.deepEqual([answer.status, answer.body.code], [400, "body-not-json"], String(body));
    }
    assert.equal((await call({ ref, body: "[".repeat(60_000) })).status, 400);
  });

  const faults: [string, object, string][] = [
    ["an operator for a text", { insurerClaimNo: { $ne: null } }, "insurerClaimNo"],
    ["an operator for the state", { status: { $gt: "" } }, "status"],
    ["a state that is ours to say", { status: "submitted" }, "status"],
    ["another claim than the address", { claimRef: "KC00000000-000000-A" }, "claimRef"],
    ["another insurer than the address", { insurerCode: "PAIC" }, "insurerCode"],
    ["a negative amount", { amounts: { paidFen: -1 } }, "amounts.paidFen"],
    ["yuan", { amounts: { paidFen: 13.5 } }, "amounts.paidFen"],
    ["a time without zone", { occurredAt: "2026-11-02T04:00:00" }, "occurredAt"],
    ["a day that is not", { occurredAt: "2026-13-45T04:00:00Z" }, "occurredAt"],
    ["a long reason", { reason: { text: "x".repeat(501) } }, "reason.text"],
    ["hidden characters", { reason: { text: "paid\u202e" } }, "reason.text"],
    ["neither number nor time", { sequence: undefined }, "sequence"],
    ["a known field under another name", { status: undefined, state: "paid" }, "status"],
    [
      "a script for a link",
      { documents: [{ kind: "x", url: "javascript:alert(1)", sha256: "0".repeat(64) }] },
      "documents.0.url",
    ],
  ];
  for (const [name, change, field] of faults) {
    it(`has ${name}: 422 names ${field}, in both languages`, async () => {
      const { accident, ref } = await delivered();
      const answer = await call({ ref, body: bodyFor(ref, change) });
      assert.equal(answer.status, 422);
      assert.deepEqual(
        [answer.body.accepted, answer.body.code, answer.body.field, answer.body.fields],
        [false, "field-invalid", field, [field]],
      );
      const { zh, en } = answer.body.message as { zh: string; en: string };
      assert.ok(zh.includes(field) && en.includes(field));
      assert.equal((await eventsOf(accident)).length, 0);
    });
  }

  it("is of a time more than a day ahead: 422 names it, and what comes later is not late", async () => {
    const { accident, ref } = await delivered();
    const at = (ms: number) => new Date(house.clock.now().getTime() + ms).toISOString();
    for (const occurredAt of ["9999-12-31T23:59:59Z", at(24 * 3600_000 + 1)]) {
      const answer = await call({ ref, body: bodyFor(ref, { occurredAt }) });
      assert.deepEqual([answer.status, answer.body.code, answer.body.fields], [422, "time-ahead", ["occurredAt"]]);
    }
    assert.equal((await eventsOf(accident)).length, 0);
    const ahead = { sequence: undefined, status: "accepted", occurredAt: at(23 * 3600_000) };
    assert.equal((await call({ ref, body: bodyFor(ref, ahead) })).status, 200);
    assert.equal((await claimOf(accident)).status, "accepted");
  });

  it("cannot reach into prototypes or choose what we answer", async () => {
    const { ref } = await delivered();
    const poisoned = bodyFor(ref).replace("{", '{"__proto__":{"admin":true},');
    const answer = await call({ ref, body: poisoned });
    assert.deepEqual([answer.status, answer.body], [200, { accepted: true }]);
    assert.equal(({} as { admin?: boolean }).admin, undefined);
    const requests = Array.from({ length: 20 }, () => ({ note: "no kind" }));
    const { fields } = (await call({ ref, body: bodyFor(ref, { requests }) })).body as { fields: string[] };
    assert.equal(fields.length, 10);
  });
});
