import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { runClocks } from "../../src/actions/run-clocks.ts";
import type { Letter } from "../../src/domain/accident.ts";
import type { ClaimMessage } from "../../src/domain/claim-message.ts";
import { letterOf } from "../../src/domain/dispute.ts";
import { addWorkingDays, SERVICE_DAYS } from "../../src/domain/working-days.ts";
import { driverOf, fieldValue, type Pair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { claimFaults } from "../support/claim-schemas.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { passTime } from "../support/pass-time.ts";
import { appliedPair } from "./disputed.ts";

const WEEK_MS = 7 * 24 * 3_600_000;
let app: TestApp;
let officer: DeskClient;
before(async () => {
  app = await startApp();
  officer = await signedInOfficer(app, { number: "S-1", role: "officer" });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const DRAFT = {
  facts: "甲车沿延安东路由西向东行驶，与前方等候信号灯的乙车尾部相撞。",
  causes: "甲车未与前车保持足以采取紧急制动措施的安全距离。",
  articles: "《道路交通安全法》第四十三条",
  evidence: "1",
  degrees: "primary-secondary",
};
const post = ({ id }: Pair, path: string, fields: Record<string, string>) =>
  officer.submit(`/police/cases/${id}/${path}`, fields, "/police/queue");

/** A case with a letter that the officer has issued at the desk. */
async function issued(): Promise<Pair> {
  const pair = await appliedPair(app, { real: true });
  // time may have passed
  if ((await officer.get("/police/queue")).status !== 200) await officer.signIn();
  await post(pair, "application/take", {});
  const html = await (await post(pair, "determine", { ...DRAFT, step: "preview" })).text();
  const answer = await post(pair, "determine", { ...DRAFT, step: "issue", seen: fieldValue(html, "seen") });
  assert.equal(answer.status, 303);
  return pair;
}

const caseOf = ({ id }: Pair) => app.ctx.accidents.get(id);

/** A driver opens the letter and answers it; signed in anew, since time may have passed. */
async function answer(pair: Pair, letter: Letter, fields: Record<string, string>): Promise<void> {
  const driver = driverOf(app, pair.id, pair[letter].person);
  const { number = "" } = letterOf(await caseOf(pair)) ?? {};
  await driver.get("letter");
  assert.equal((await driver.post("letter", { number, ...fields })).location, "letter");
}
const RECEIVED = { act: "receive", signature: SIGNATURE };
const WITH_CONSENT = { ...RECEIVED, forwarding: "yes" };

/** The third working day after the issue is over, and the clocks have run. */
async function serviceIsDue(pair: Pair): Promise<void> {
  const { issuedAt } = letterOf(await caseOf(pair))!;
  const { until } = addWorkingDays(issuedAt, SERVICE_DAYS, app.config.rules.calendar);
  const toLast = until.getTime() - app.clock.now().getTime();
  await passTime(app, toLast - 60_000);
  await runClocks(app.ctx);
  await officer.signIn();
  assert.equal((await post(pair, "service", { party: "B" })).status, 409, "the last day is not over");
  await passTime(app, 60_000);
  await runClocks(app.ctx);
}

const received = async (pair: Pair, letter: Letter): Promise<ClaimMessage | null> => {
  const body = app.simulator.insurers.find(`${(await caseOf(pair)).number}-${letter}`)?.body;
  if (!body) return null;
  assert.deepEqual(claimFaults(body), []);
  return JSON.parse(body) as ClaimMessage;
};

describe("a letter that one driver does not open", () => {
  it("waits in the queue after three working days; its service is confirmed there, and the other's claim goes", async () => {
    const pair = await issued();
    await answer(pair, "A", WITH_CONSENT);
    await app.settle();
    assert.deepEqual((await caseOf(pair)).claims, []);
    await serviceIsDue(pair);
    assert.match(await (await officer.get("/police/queue")).text(), new RegExp(`/police/cases/${pair.id}"`));
    assert.equal((await post(pair, "service", { party: "A" })).status, 409, "A has signed for it");
    const confirmed = await post(pair, "service", { party: "B" });
    assert.equal(confirmed.headers.get("location"), `/police/cases/${pair.id}`);
    assert.equal(letterOf(await caseOf(pair))?.served.B?.how, "by-message");
    assert.doesNotMatch(await (await officer.get("/police/queue")).text(), new RegExp(`/police/cases/${pair.id}"`));
    await app.settle();
    const claim = await received(pair, "A");
    assert.ok(claim);
    assert.ok(!JSON.stringify(claim).includes(DETAILS.B.name), "B allowed nothing");
    assert.equal(await received(pair, "B"), null);
    const { events } = await caseOf(pair);
    assert.equal(events.filter(({ type }) => type === "letter-served").length, 1);
    assert.match(await (await officer.get(`/police/cases/${pair.id}`)).text(), /with the insurer/);
  });

  it("is signed for after its service by message: the claim of that driver goes as well", async () => {
    const pair = await issued();
    await answer(pair, "A", RECEIVED);
    await serviceIsDue(pair);
    await post(pair, "service", { party: "B" });
    assert.deepEqual((await caseOf(pair)).claims, []);
    await answer(pair, "B", WITH_CONSENT);
    assert.equal(letterOf(await caseOf(pair))?.receipts.B?.how, "signed");
    await app.settle();
    const claim = await received(pair, "B");
    assert.equal(claim?.data.liability.basis, "police_determined");
    assert.equal(claim?.data.liability.letter?.pdfUrl, null, "it names A, who allowed nothing");
    assert.ok(!JSON.stringify(claim).includes(DETAILS.A.name));
    assert.equal(await received(pair, "A"), null);
  });
});

describe("the letter behind an insurer's link", () => {
  it("opens while both allow it, until a week after the claims came; its pages and a receipt's signature never", async () => {
    const pair = await issued();
    for (const letter of ["A", "B"] as const) await answer(pair, letter, WITH_CONSENT);
    const { pdfSha256, pngSha256, receipts } = letterOf(await caseOf(pair))!;
    const linkTo = (sha256: string) => app.ctx.insurers.evidence.url(pair.id, sha256);
    const opened = await fetch(linkTo(pdfSha256));
    assert.deepEqual([opened.status, opened.headers.get("content-type")], [200, "application/pdf"]);
    assert.equal(
      Buffer.from(await opened.arrayBuffer())
        .subarray(0, 5)
        .toString(),
      "%PDF-",
    );
    for (const sha256 of [pngSha256[0], receipts.A?.imageSha256])
      assert.equal((await fetch(linkTo(String(sha256)))).status, 404);
    await app.settle();
    const old = linkTo(pdfSha256);
    // driver B's insurer reads version 2, in which the link stands
    const url = (await received(pair, "B"))?.data.liability.letter?.pdfUrl;
    assert.equal((await fetch(String(url))).status, 200);
    app.clock.advance(WEEK_MS + 1_000);
    assert.equal((await fetch(old)).status, 401);
  });

  it("is closed by either driver's withdrawal", async () => {
    const pair = await issued();
    for (const letter of ["A", "B"] as const) await answer(pair, letter, WITH_CONSENT);
    const { pdfSha256 } = letterOf(await caseOf(pair))!;
    const url = app.ctx.insurers.evidence.url(pair.id, pdfSha256);
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await driverOf(app, pair.id, pair.B.person).post("forwarding", {})).status, 303);
    assert.equal((await fetch(url)).status, 404);
  });
});
