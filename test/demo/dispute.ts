import assert from "node:assert/strict";
import { formTime } from "../../src/police/desk-times.ts";
import type { DeskClient } from "../support/desk-client.ts";
import { type DriverPhone, expectStep, type Page, visible } from "../support/driver-phone.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { insurersPay } from "./insurers-pay.ts";
import { expectLeadsOn, newOfficerAtDesk } from "./officers.ts";
import { fetchPapers, meet, STATEMENT_A } from "./settle.ts";
import type { Drivers, Settled, Stage } from "./stage.ts";
import { until } from "./until.ts";

const HOUR_MS = 3600_000;
const LETTER = {
  facts: "甲车沿人民大道由东向西行驶，遇前方乙车减速时未保持安全距离，车头与乙车尾部相撞，两车受损，无人受伤。",
  causes: "甲方未与前车保持足以采取紧急制动措施的安全距离，是造成事故的原因。",
  articles: "《中华人民共和国道路交通安全法》第四十三条",
  evidence: "1",
  degrees: "full-none",
};

/**
 * Two drivers who disagree, over the real HTTP forms: a joint application, an officer who asks and decides at
 * the desk, a receipt and a refusal, both claims up to the payment. Throws at the first step that is not as
 * it should be.
 */
export async function decide(stage: Stage, env: Record<string, string>): Promise<Settled> {
  const { step } = stage;
  const officer = await newOfficerAtDesk(stage, env);
  const drivers = await meet(stage);
  const { a, b, caseUrl, accidentId } = drivers;
  await disagree(stage, drivers);
  await atTheDesk(stage, { officer, ...drivers });
  await step("A opens the letter, signs for it and lets it go to the insurer", async () => {
    const page = await letterOf(a, caseUrl);
    const receipt = { act: "receive", number: numberOn(page), signature: SIGNATURE, forwarding: "yes" };
    assert.match(visible(expectStep(await a.submit(page, receipt), "letter").html), /签收/);
  });
  await step("B opens it, refuses to sign, and lets the claim go as well", async () => {
    const page = await letterOf(b, caseUrl);
    const refusal = { act: "refuse", number: numberOn(page), forwarding: "yes" };
    assert.match(visible(expectStep(await b.submit(page, refusal), "letter").html), /拒绝签收|拒签/);
  });
  const papers = await step("the letter is there as PDF and as pictures", () => fetchPapers(a, caseUrl, "letter"));
  await step("both claims rest on the letter: police_determined, full and none", () => claimsOf(stage, accidentId));
  await insurersPay(stage, drivers);
  return { caseUrl, accidentId, paper: "letter", ...papers };
}

/** Each says that it was the other; both ask the police to decide. */
async function disagree({ step }: Stage, { a, b, caseUrl }: Drivers): Promise<void> {
  await step("both state what happened, and each says that it was the other", async () => {
    await a.submit(await a.open(`${caseUrl}/statement`), {
      ...STATEMENT_A,
      ownAct: "none",
      otherAct: "QS-02",
      note: "对方突然变道。",
    });
    const other = { ownAct: "none", otherAct: "QS-01", impact: "rear", note: "对方没刹住。" };
    expectStep(await b.submit(await b.open(`${caseUrl}/statement`), other), "difference");
  });
  await step("A proposes a joint application", async () => {
    const page = expectStep(await a.open(`${caseUrl}/difference`), "difference");
    expectStep(await a.submit(page, { act: "propose" }), "difference");
  });
  await step("B sees both statements and agrees", async () => {
    const page = expectStep(await b.open(`${caseUrl}/difference`), "difference");
    expectStep(await b.submit(page, { act: "agree" }), "decision");
  });
}

/** The officer takes the case, asks driver B, looks at the letter, and issues it. */
async function atTheDesk({ step }: Stage, world: Drivers & { officer: DeskClient }): Promise<void> {
  const { officer, b, caseUrl, accidentId } = world;
  const file = `/police/cases/${accidentId}`;
  await step("the officer finds the case in the queue and takes it", async () => {
    assert.match(await (await officer.get("/police/queue")).text(), new RegExp(accidentId));
    await expectLeadsOn(await officer.submit(`${file}/application/take`, {}, file));
  });
  await step("the officer asks B for a sentence", async () => {
    const asked = {
      to: "B",
      what: "sentence",
      text: "您当时为何减速？",
      until: formTime(new Date(Date.now() + HOUR_MS)),
    };
    await expectLeadsOn(await officer.submit(`${file}/evidence`, asked, file));
  });
  await step("B answers", async () => {
    const page = expectStep(await b.open(`${caseUrl}/evidence`), "evidence");
    assert.match(visible(page.html), /您当时为何减速/);
    const request = /name="request" value="(\d+)"/.exec(page.html)?.[1] ?? "";
    expectStep(await b.submit(page, { request, text: "前方行人横过道路。" }), "decision");
  });
  const seen = await step("the officer reads the answer and looks at the letter before it is issued", async () => {
    assert.match(await (await officer.get(file)).text(), /前方行人横过道路/);
    const preview = await (await officer.submit(`${file}/determine`, { ...LETTER, step: "preview" })).text();
    assert.ok(preview.includes(LETTER.facts));
    const [, fingerprint = ""] = /name="seen" value="([^"]+)"/.exec(preview) ?? [];
    assert.notEqual(fingerprint, "", "the preview names what may be issued");
    return fingerprint;
  });
  await step("the officer issues it: a number, PDF and pictures", async () =>
    expectLeadsOn(await officer.submit(`${file}/determine`, { ...LETTER, step: "issue", seen })),
  );
}

const letterOf = async (driver: DriverPhone, caseUrl: string): Promise<Page> =>
  expectStep(await driver.open(`${caseUrl}/letter`), "letter");

const numberOn = ({ html }: Page): string => /name="number" value="(\w+)"/.exec(html)?.[1] ?? "";

/** Waits for both claims and throws unless their liability is what the letter says. */
async function claimsOf({ standIns }: Stage, accidentId: string): Promise<void> {
  const claims = await until(
    async () => standIns.insurers.inbox().filter(({ id }) => id.startsWith(accidentId)),
    (inbox) => inbox.length === 2,
  );
  for (const { body } of claims) {
    const { schemaVersion, data } = JSON.parse(body);
    assert.deepEqual([schemaVersion, data.liability.basis], ["2.0", "police_determined"]);
    assert.deepEqual(
      data.liability.shares.map(({ party, degree }: { party: string; degree: string }) => [party, degree]),
      [
        ["A", "full"],
        ["B", "none"],
      ],
    );
  }
}
