import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";
import { placeOf } from "../support/place-of.ts";
import { ACTS, openPair } from "./settle-driver.ts";

const source = readFileSync(new URL("../../../src/domain/agreement.ts", import.meta.url), "utf8");

/** The fields of an interface as its source has them: formatting is fixed, no parser is needed. */
function fieldsOf(name: string): string[] {
  const body = new RegExp(`^export interface ${name} \\{\n([\\s\\S]*?)^\\}`, "m").exec(source)?.[1];
  assert.ok(body, name);
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field = ""]) => field);
}

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** Everything of the agreement is given, so that no field is left out for want of a value. */
async function signPages(): Promise<{ language: "zh" | "en"; html: string }[]> {
  const position = { lat: 31.2304, lng: 121.4737, crs: "WGS-84" as const, accuracyM: 9, label: null };
  const { id, A, B } = await openPair(app, { language: { B: "en" }, positions: { A: position, B: position } });
  const other = { address: "延安东路", weather: "other" as const, weatherWord: "冰雹" };
  await recordPlace(app.ctx, { accidentId: id, letter: "A", ...placeOf(app.ctx), ...other });
  for (const letter of ["A", "B"] as const) {
    const details = {
      ...DETAILS[letter],
      insurerCode: "other",
      insurerName: "某某财险",
      policyNumber: "PDZA2026",
      vehicleType: "小型轿车",
    };
    await giveDetails(app.ctx, { accidentId: id, letter, details });
    await giveStatement(app.ctx, { accidentId: id, letter, statement: { ...ACTS[letter], note: "雨天路滑" } });
  }
  const [a, b] = await Promise.all([A.get("sign"), B.get("sign")]);
  return [
    { language: "zh", html: a.html },
    { language: "en", html: b.html },
  ];
}

/** What stands above the pad without a tap: what is folded away is taken out. */
function openAbovePad(html: string): string {
  const pad = html.indexOf("<canvas");
  assert.ok(pad > 0);
  return html.slice(0, pad).replaceAll(/<details[\s\S]*?<\/details>/g, "");
}

const valuesOf = (html: string, field: string): string[] =>
  [...html.matchAll(new RegExp(`data-field="${field}">([\\s\\S]*?)</span>\\s*(?:<span|</d|</td)`, "g"))]
    .map(([, inner = ""]) => inner.replaceAll(/<[^>]+>/g, "").trim())
    .filter(Boolean);

describe("the page that is signed", () => {
  it("shows every field of the agreement, open and above the pad, of both parties", async () => {
    const accident = fieldsOf("AgreementContent").filter((field) => field !== "parties");
    const party = fieldsOf("AgreementParty");
    assert.ok(accident.length > 5 && party.length > 10);
    for (const { language, html } of await signPages()) {
      const open = openAbovePad(html);
      for (const field of accident) assert.equal(valuesOf(open, field).length, 1, `${language} ${field}`);
      for (const field of party) assert.equal(valuesOf(open, field).length, 2, `${language} ${field}`);
    }
  });

  it("shows the declaration with what was cleared, the effect, and the five photographs above the pad", async () => {
    for (const { language, html } of await signPages()) {
      const open = openAbovePad(html);
      const t = app.ctx.render.words(language);
      const escaped = (text: string) => text.replaceAll("'", "&#39;").replaceAll('"', "&quot;");
      for (const key of ["h5.sign.truth", "h5.sign.effect"] as const) assert.ok(open.includes(escaped(t(key))), key);
      for (const condition of app.config.rules.conditions)
        assert.ok(open.includes(escaped(condition[language])), condition.id);
      const thumbs = [...open.matchAll(/<a href="#(photo-[\w-]+)"><img src="[^"]+\/thumb\?/g)].map(([, id]) => id);
      assert.equal(thumbs.length, PHOTO_SLOTS.length);
      for (const id of thumbs) assert.match(open, new RegExp(`id="${id}">[\\s\\S]*?/copy\\?`), "it opens large");
    }
  });
});
