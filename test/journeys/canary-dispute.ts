import assert from "node:assert/strict";
import { LETTERS, type Letter } from "../../src/domain/accident.ts";
import { dayInChina } from "../../src/domain/working-days.ts";
import { formTime } from "../../src/police/desk-times.ts";
import { hidden, type Phone } from "../h5/phone.ts";
import type { TestApp } from "../support/app.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { SIGNATURE } from "../support/drivers.ts";

/** What the desk's people are called and write. */
export const DESK = {
  officer: "丁金丝雀警官",
  officerNumber: "CANARY-031256",
  supervisor: "戊金丝雀领导",
  supervisorNumber: "CANARY-031257",
  invited: "己金丝雀新人",
  invitedNumber: "CANARY-031258",
  question: "金丝雀请说明何时打的转向灯",
  answer: "前方有金丝雀横过道路所以减速",
  facts: "甲车行至金丝雀路口时，与前方等候信号灯的乙车尾部相撞，两车受损。",
  causes: "甲车为避让金丝雀而未与前车保持安全距离。",
  finding: "抽查意见：金丝雀照片与陈述相符",
};

const LETTER = {
  facts: DESK.facts,
  causes: DESK.causes,
  articles: "《道路交通安全法》第四十三条",
  evidence: "1",
  degrees: "primary-secondary",
};
const HOUR_MS = 3_600_000;

export interface Disputed {
  id: string;
  phones: Record<Letter, Phone>;
  names: Record<Letter, Record<string, string>>;
}

/**
 * Two who differ apply, an officer searches for them, asks and decides, both answer the letter, a supervisor
 * audits the case. Returns the officer's client.
 */
export async function decideDispute(app: TestApp, disputed: Disputed): Promise<DeskClient> {
  const { id, phones } = disputed;
  const base = `/h5/accidents/${id}`;
  await led(phones.A.fill(`${base}/difference`, { act: "propose" }));
  await led(phones.B.fill(`${base}/difference`, { act: "agree" }));
  const account = { number: DESK.officerNumber, name: DESK.officer, role: "officer" as const };
  const officer = await signedInOfficer(app, account);
  await lookFor(officer, disputed);
  await decide(app, officer, disputed);
  for (const letter of LETTERS) {
    const { html } = await phones[letter].open(`${base}/letter`);
    const answer: Record<string, string> =
      letter === "A" ? { act: "receive", signature: SIGNATURE } : { act: "refuse" };
    await led(phones[letter].fill(`${base}/letter`, { ...answer, number: hidden(html, "number"), forwarding: "yes" }));
  }
  await audit(app, id);
  return officer;
}

async function lookFor(officer: DeskClient, { id, names }: Disputed): Promise<void> {
  for (const letter of LETTERS)
    for (const q of [names[letter]["name"], names[letter]["phone"], `沪${names[letter]["plate"]}`]) {
      const to = await led(officer.submit("/police/search", { q: q as string }));
      assert.ok((await (await officer.get(to)).text()).includes(id), "found");
    }
}

async function decide(app: TestApp, officer: DeskClient, { id, phones }: Disputed): Promise<void> {
  const file = `/police/cases/${id}`;
  await led(officer.submit(`${file}/application/take`, {}, file));
  const until = formTime(new Date(app.clock.now().getTime() + HOUR_MS));
  await led(officer.submit(`${file}/evidence`, { to: "B", what: "sentence", text: DESK.question, until }, file));
  const asked = await phones.B.open(`/h5/accidents/${id}/evidence`);
  const answer = { request: hidden(asked.html, "request"), text: DESK.answer };
  await led(phones.B.fill(`/h5/accidents/${id}/evidence`, answer));
  const shown = await (await officer.submit(file, { reason: "decide" })).text();
  assert.ok(shown.includes(DESK.answer));
  assert.equal((await officer.get(`${file}/print.pdf?reason=decide`)).status, 200);
  const wrong = await officer.submit(`${file}/determine`, { ...LETTER, degrees: "full-full", step: "preview" });
  assert.equal(wrong.status, 422);
  const preview = await (await officer.submit(`${file}/determine`, { ...LETTER, step: "preview" })).text();
  await led(officer.submit(`${file}/determine`, { ...LETTER, seen: hidden(preview, "seen"), step: "issue" }));
  assert.equal((await officer.get(`${file}/letters/1?reason=decide`)).status, 200);
}

async function audit(app: TestApp, id: string): Promise<void> {
  const account = { number: DESK.supervisorNumber, name: DESK.supervisor, role: "supervisor" as const };
  const supervisor = await signedInOfficer(app, account);
  const keeper = await signedInOfficer(app, { number: "KEEPER-1", role: "keeper" });
  const invited = { number: DESK.invitedNumber, name: DESK.invited, role: "officer", district: "" };
  assert.equal((await keeper.submit("/police/accounts", invited)).status, 200);
  const day = dayInChina(app.clock.now());
  const period = { from: day, to: day, district: "", random: "20", byRisk: "0", seed: "canary" };
  const asked = await led(supervisor.submit("/police/access-log", { officer: DESK.officerNumber, day: "", case: "" }));
  assert.ok((await (await supervisor.get(asked)).text()).includes(DESK.officer), "the officer's rows");
  const drawn = await led(supervisor.submit("/police/audit", period));
  const finding = { finding: "in-order", note: DESK.finding, followUp: "", due: "", revision: "0" };
  await led(supervisor.submit(`${drawn}/cases/${id}`, finding));
  for (const path of [`${drawn}/sheet`, "/police/letters"])
    assert.equal((await supervisor.get(path)).status, 200, path);
}

/** Throws unless the answer leads on; returns where to. */
async function led(sent: Promise<{ status: number; headers: Headers; html?: string }>): Promise<string> {
  const { status, headers, html = "" } = await sent;
  assert.equal(status, 303, html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " "));
  return headers.get("location") ?? "";
}
