import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { giveStatement } from "../../src/actions/give-statement.ts";
import type { Language, Letter } from "../../src/domain/accident.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ACTS, type Driver, fieldValue, type Pair, readyPair } from "./settle-driver.ts";

const SETTINGS = `insurers:
  - code: PICC
    name: { zh: 人保财险, en: PICC Property & Casualty }
    hotline: "95518"
    url: "{publicUrl}/simulator/insurers/PICC"
    secretEnv: INSURER_PICC_SECRET
    promise: { zh: 一般在 10 分钟内来电, en: usually calls within 10 minutes }
  - code: CPIC
    name: { zh: 太保产险, en: CPIC }
    hotline: "95500"
    url: "{publicUrl}/simulator/insurers/CPIC"
    secretEnv: INSURER_CPIC_SECRET
`;

let app: TestApp;
before(async () => {
  const path = join(temporaryFolder("settings"), "insurers.yaml");
  writeFileSync(path, SETTINGS);
  app = await startApp({ env: { CONFIG_FILE: path } });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** A is insured at PICC, B at CPIC; A ran into B. Both have signed, and what follows is done. */
async function concluded(forwards: string, isEqual = false): Promise<Pair> {
  const pair = await readyPair(app, { real: true, language: { B: "en" } });
  if (isEqual) {
    for (const [letter, ownAct, otherAct] of [["A", "QS-04", "QS-02"] as const, ["B", "QS-02", "QS-04"] as const])
      await giveStatement(app.ctx, {
        accidentId: pair.id,
        letter,
        statement: { ...ACTS[letter], ownAct, otherAct },
      });
  }
  for (const letter of ["A", "B"] as const) await sign(pair[letter], forwards.includes(letter));
  await app.settle();
  return pair;
}

async function sign(driver: Driver, forwarding: boolean): Promise<void> {
  const digest = fieldValue((await driver.get("sign")).html, "contentDigest");
  const fields = {
    contentDigest: digest,
    signature: SIGNATURE,
    electronic: "yes",
    ...(forwarding && { forwarding: "yes" }),
  };
  assert.notEqual((await driver.post("sign", fields)).location, "sign");
}

const LANGUAGE: Record<Letter, Language> = { A: "zh", B: "en" };

/** Which of the next steps stand on a driver's page, by the keys of their words. */
async function steps(pair: Pair, letter: Letter): Promise<string[]> {
  const { html } = await pair[letter].get("done");
  const list = /<ol class="kc-points">(.*?)<\/ol>/s.exec(html)?.[1] ?? "";
  const words = app.ctx.render.words(LANGUAGE[letter]);
  const keys = ["full", "equal", "none"].flatMap((degree) => [`${degree}.sent`, `${degree}.report`, `${degree}.pays`]);
  return [...keys, "none.number", "none.ask", "none.out", "assess"].filter((key) => {
    const text = words.find(`h5.done.step.${key}`);
    const parts = text?.split(/\{\w+\}/) ?? [];
    return parts.length > 0 && parts.every((part) => list.includes(part.replaceAll("'", "&#39;")));
  });
}

const linesOf = async (driver: Driver) => (await driver.get("done")).html;

describe("what comes next, on the last page", () => {
  it("both allow: who is fully liable passes the number on, who bears nothing turns to the other's insurer", async () => {
    const pair = await concluded("AB");
    assert.deepEqual(await steps(pair, "A"), ["full.sent", "full.pays", "assess"]);
    assert.deepEqual(await steps(pair, "B"), ["none.sent", "none.number", "none.out", "assess"]);
    const html = await linesOf(pair.B);
    const [claim] = (await app.ctx.accidents.get(pair.id)).claims;
    assert.ok(html.includes('href="tel:95518"') && !html.includes('href="tel:95500"'));
    assert.ok(claim?.insurerClaimNo && html.includes(claim.insurerClaimNo));
    assert.ok(html.includes("Your own insurer, CPIC, has been informed"));
    assert.ok(html.includes("PICC Property &amp; Casualty, which insures the other driver, pays"));
  });

  it("the liable driver refuses: the other calls that driver's insurer, and no number is shown", async () => {
    const pair = await concluded("B");
    assert.deepEqual(await steps(pair, "A"), ["full.report", "full.pays", "assess"]);
    assert.deepEqual(await steps(pair, "B"), ["none.report", "none.ask", "none.out", "assess"]);
    assert.ok((await linesOf(pair.B)).includes('href="tel:95518"'));
    assert.ok((await pair.B.get("")).html.includes('href="tel:95518"'), "the page of the case, too");
  });

  it("the other refuses: the liable driver's insurer has the claim all the same", async () => {
    const pair = await concluded("A");
    assert.deepEqual(await steps(pair, "A"), ["full.sent", "full.pays", "assess"]);
    assert.deepEqual(await steps(pair, "B"), ["none.sent", "none.number", "none.out", "assess"]);
  });

  it("equal liability: each turns to the own insurer, by what each allowed", async () => {
    const pair = await concluded("B", true);
    assert.deepEqual(await steps(pair, "A"), ["equal.report", "equal.pays", "assess"]);
    assert.deepEqual(await steps(pair, "B"), ["equal.sent", "equal.pays", "assess"]);
    assert.ok((await linesOf(pair.B)).includes('href="tel:95500"'));
  });

  it("promises for an insurer what the settings say, and for another nothing", async () => {
    const full = await concluded("AB");
    assert.ok((await linesOf(full.A)).includes("人保财险：一般在 10 分钟内来电"));
    assert.ok((await linesOf(full.B)).includes("PICC Property &amp; Casualty: usually calls within 10 minutes"));
    const equal = await concluded("AB", true);
    assert.ok(!(await linesOf(equal.B)).includes("usually calls"));
  });
});
