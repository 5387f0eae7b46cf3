import assert from "node:assert/strict";
import { visible } from "../support/driver-phone.ts";
import { type Drivers, openidsOf, type Stage } from "./stage.ts";
import { until } from "./until.ts";

/** Both insurers hold a verified claim; one reports up to the payment, and its customer is told. */
export async function insurersPay(
  stage: Stage,
  { a, caseUrl, accidentId }: Pick<Drivers, "a" | "caseUrl" | "accidentId">,
): Promise<void> {
  const { step } = stage;
  const { insurers, platform } = stage.standIns;
  const openid = openidsOf(stage).A;
  const claims = await step("both insurers hold their claim, signature verified", () =>
    until(
      async () => insurers.inbox().filter(({ id }) => id.startsWith(accidentId)),
      (inbox) => inbox.length === 2,
    ),
  );
  assert.deepEqual(claims.map(({ code }) => code).sort(), ["CPIC", "PICC"]);
  assert.equal(insurers.refused(), 0);
  const claim = claims.find(({ code }) => code === "PICC");
  assert.ok(claim);
  for (const [status, amounts] of [
    ["accepted", undefined],
    ["assessed", { assessedFen: 300_000 }],
    ["paid", { paidFen: 300_000 }],
  ] as const) {
    await step(`PICC reports: ${status}`, async () => {
      const sent = await insurers.sendStatus("PICC", claim.ref, {
        status,
        occurredAt: new Date().toISOString(),
        ...(amounts && { amounts }),
      });
      assert.equal(sent.status, 200, JSON.stringify(sent.body));
    });
  }
  await step("A is told that 3,000 yuan are paid, and reads it on the case page", async () => {
    // as a customer message while the window lasts, then as a template message
    const said = async () => JSON.stringify(platform.inbox(openid).map(({ text, fields }) => [text, fields]));
    await until(said, (all) => /赔款已支付|已赔付/.test(all));
    const page = await a.open(caseUrl);
    assert.equal(page.status, 200);
    assert.match(visible(page.html), /3,?000/);
  });
}
