import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { endAccident } from "../../src/actions/end-accident.ts";
import { enterSpotLetter } from "../../src/actions/enter-spot-letter.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { joinAccident } from "../../src/actions/join-accident.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { resumeAccident } from "../../src/actions/resume-accident.ts";
import type { Language } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { withParty } from "../../src/domain/party.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS } from "../support/drivers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { act, appliedPair, askedPair, determinedPair, disputingPair, issueLetter, OFFICER } from "./disputes.ts";
import {
  ACTS,
  type Driver,
  driverOf,
  fieldValue,
  newPerson,
  openCase,
  openPair,
  type PairOptions,
  readyPair,
  takePhotos,
} from "./settle-driver.ts";

/** A page as one of the drivers sees it. */
export interface Seen {
  driver: Driver;
  /** absolute, or below the case */
  path: string;
  /** what the driver does on it before it is looked at */
  act?(page: Page): Promise<unknown>;
}

type State = (app: TestApp, language: Language) => Promise<Seen>;

const both = (language: Language): PairOptions => ({ language: { A: language, B: language } });
async function sendEmpty(page: Page): Promise<void> {
  await page.locator("footer .kc-act").locator("button:visible").first().click();
  await page.locator("#errors").waitFor();
}

async function alone(app: TestApp, language: Language): Promise<{ id: string; driver: Driver }> {
  const person = await newPerson(app.ctx, language);
  const { id } = await openCase(app.ctx, person);
  return { id, driver: driverOf(app, id, person) };
}

async function nobody(app: TestApp, language: Language, path: string): Promise<Seen> {
  return { driver: driverOf(app, "none", await newPerson(app.ctx, language)), path };
}

/** A at a step that comes after the photographs. */
async function photographed(app: TestApp, language: Language, path: string, isMoved = false): Promise<Seen> {
  const { id, driver } = await alone(app, language);
  await takePhotos(app.ctx, id, false);
  if (isMoved) await confirmMoved(app.ctx, { accidentId: id, letter: "A" });
  await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
  return { driver, path };
}

const ofPair =
  (path: string, letter: "A" | "B" = "B"): State =>
  async (app, language) => ({ driver: (await openPair(app, both(language)))[letter], path });
async function stating(app: TestApp, language: Language): Promise<Seen> {
  const { id, B } = await openPair(app, both(language));
  await giveDetails(app.ctx, { accidentId: id, letter: "B", details: DETAILS.B });
  return { driver: B, path: "statement" };
}

const ready =
  (path: string): State =>
  async (app, language) => ({ driver: (await readyPair(app, both(language))).A, path });

async function joining(app: TestApp, language: Language): Promise<Seen> {
  const { id } = await alone(app, "zh");
  const { invitation } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
  return nobody(app, language, `/h5/join/${invitation?.code}`);
}

/** B has said the same as A, or something else, or nothing yet. */
async function stated(app: TestApp, language: Language, b: "same" | "other" | "nothing", path: string): Promise<Seen> {
  const { id, A } = await openPair(app, both(language));
  await giveDetails(app.ctx, { accidentId: id, letter: "A", details: DETAILS.A });
  await giveStatement(app.ctx, { accidentId: id, letter: "A", statement: ACTS.A });
  const statement = b === "same" ? ACTS.B : { ...ACTS.B, otherAct: "QS-02" };
  if (b !== "nothing") await giveStatement(app.ctx, { accidentId: id, letter: "B", statement });
  return { driver: A, path };
}

async function sign(driver: Driver, ticks: Record<string, string> = {}): Promise<void> {
  const contentDigest = fieldValue((await driver.get("sign")).html, "contentDigest");
  const png = (await readFile("test/fixtures/signature.png")).toString("base64");
  const answer = await driver.post("sign", {
    contentDigest,
    electronic: "yes",
    ...ticks,
    signature: `data:image/png;base64,${png}`,
  });
  if (answer.status !== 303) throw new Error(`not signed: ${answer.status}`);
}

async function signed(app: TestApp, language: Language, count: 1 | 2): Promise<Seen> {
  const { A, B } = await readyPair(app, { ...both(language), real: count === 2 });
  await sign(A);
  if (count === 2) await sign(B);
  // the paper is there, so that the page does not renew itself while it is looked at
  await app.settle();
  return { driver: A, path: count === 2 ? "done" : "wait-signature" };
}

async function forwarding(app: TestApp, language: Language): Promise<Seen> {
  const { A } = await readyPair(app, both(language));
  await sign(A, { forwarding: "yes" });
  return { driver: A, path: "forwarding" };
}

async function ended(app: TestApp, language: Language): Promise<Seen> {
  const { driver } = await stated(app, language, "other", "ended");
  await driver.post("difference", { act: "stop" });
  return { driver, path: "ended" };
}

/** B is asked to agree to a joint application, after advice by the police. */
async function askedToApply(app: TestApp, language: Language): Promise<Seen> {
  const { id, B } = await disputingPair(app, both(language));
  const by = { ...OFFICER, role: "auxiliary" as const };
  await act(app, id, { type: "ask-guidance", by: "A" }, { type: "take-guidance", by });
  const text = language === "zh" ? "请对照车道线照片核对变道的先后。" : "Compare the photo of the lane lines.";
  await act(app, id, { type: "give-guidance", by, how: "message", text }, { type: "ask-guidance", by: "A" });
  await act(app, id, { type: "propose", by: "A" });
  return { driver: B, path: "difference" };
}

/** B has answered the officer once and is asked again. */
async function askedAgain(app: TestApp, language: Language): Promise<Seen> {
  const { id, B } = await askedPair(app, both(language));
  const until = new Date(app.clock.now().getTime() + 3_600_000);
  const text = "请补拍车门划痕。";
  await act(app, id, { type: "answer-evidence", by: "B", request: 1, text: "过路口前", photoIds: [] });
  await act(app, id, { type: "ask-evidence", by: OFFICER, to: "B", what: "picture", text, until });
  return { driver: B, path: "evidence" };
}

/** A letter that took the place of another; `isSigned`: driver A has signed for it. */
async function lettered(app: TestApp, language: Language, path: string, isSigned = false): Promise<Seen> {
  const { id, A, number } = await determinedPair(app, both(language));
  await A.get("letter");
  const next = await issueLetter(app, id, number);
  await A.get("letter");
  if (isSigned) {
    const png = (await readFile("test/fixtures/signature.png")).toString("base64");
    const fields = {
      act: "receive",
      number: next.number,
      forwarding: "yes",
      signature: `data:image/png;base64,${png}`,
    };
    if ((await A.post("letter", fields)).status !== 303) throw new Error("not received");
  }
  return { driver: A, path };
}

/** An officer was sent, under the control room's number, and the letter from the spot is entered. */
async function onTheSpot(app: TestApp, language: Language): Promise<Seen> {
  const { id, A } = await appliedPair(app, both(language));
  await act(app, id, { type: "send-officer", by: OFFICER, controlRoomNumber: "20261123-0042" });
  const spot = { number: "3101012026000042", degrees: { A: "primary", B: "secondary" } } as const;
  await enterSpotLetter(app.ctx, { accidentId: id, by: OFFICER, ...spot });
  return { driver: A, path: "ended" };
}

async function decided(app: TestApp, language: Language, isTaken: boolean): Promise<Seen> {
  const { id, A } = await appliedPair(app, { ...both(language), isTaken });
  if (!isTaken) {
    app.clock.advance(30 * 60_000);
    await act(app, id, { type: "note-application-late", by: "system" });
  }
  return { driver: A, path: "decision" };
}

/** Driver B after driver A has taken them out, and somebody who was never in the case. */
async function absent(app: TestApp, language: Language, wasIn: boolean): Promise<Seen> {
  const pair = await openPair(app, both(language));
  if (wasIn) await pair.A.post("remove-other", {});
  const driver = wasIn ? pair.B : driverOf(app, pair.id, await newPerson(app.ctx, language));
  return { driver, path: "details" };
}

/** A has signed, then B has corrected a telephone number. */
async function correctedByOther(app: TestApp, language: Language): Promise<Seen> {
  const { id, A } = await readyPair(app, both(language));
  await sign(A);
  await giveDetails(app.ctx, { accidentId: id, letter: "B", details: { ...DETAILS.B, phone: "13712345679" } });
  return { driver: A, path: "sign" };
}

/** Driver A, and somebody who has typed the six digits and waits for A's yes. */
async function asking(app: TestApp, language: Language, letter: "A" | "B"): Promise<Seen> {
  const { id, driver } = await alone(app, language);
  await takePhotos(app.ctx, id, false);
  const { invitation } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
  const person = await newPerson(app.ctx, language);
  const invited = { accidentId: id, code: invitation?.code ?? "", by: "digits" as const };
  const answer = { vehicles: "two" as const, conditions: [] };
  await joinAccident(app.ctx, { person, invited, plate: "沪B67890", textVersion: NOTICE_VERSION, answer });
  return letter === "A" ? { driver, path: "admit" } : { driver: driverOf(app, id, person), path: "admission" };
}

/** The privacy notice has changed since the driver agreed to it. */
async function agreedBefore(app: TestApp, language: Language): Promise<Seen> {
  const { id, driver } = await alone(app, language);
  const consent = { textVersion: "2020-01-01", givenAt: app.clock.now() };
  await app.ctx.accidents.change(id, (accident) => ({ accident: withParty(accident, "A", { consent }), events: [] }));
  return { driver, path: "consent" };
}

/** The other driver has asked to go on with a case that this one has ended. */
async function askedToGoOn(app: TestApp, language: Language): Promise<Seen> {
  const { id, A } = await readyPair(app, both(language));
  await endAccident(app.ctx, { accidentId: id, letter: "A", code: "withdrawn" });
  await resumeAccident(app.ctx, { accidentId: id, letter: "B" });
  return { driver: A, path: "ended" };
}

/** Every page of the drivers' way, and its faces with errors. */
export const PAGE_STATES: Record<string, State> = {
  start: (app, language) => nobody(app, language, "/h5/start"),
  "start with errors": async (app, language) => ({ ...(await nobody(app, language, "/h5/start")), act: sendEmpty }),
  join: joining,
  "join by digits": (app, language) => nobody(app, language, "/h5/join"),
  "join refused": (app, language) => nobody(app, language, "/h5/join/AAAAAAAAAAAAAAAAAAAAAA"),
  "privacy notice": (app, language) => nobody(app, language, "/h5/privacy"),
  help: (app, language) => nobody(app, language, "/h5/way-out"),
  "end without a case": (app, language) => nobody(app, language, "/h5/ends/hold-scene"),
  "no such page": (app, language) => nobody(app, language, "/h5/nothing"),
  photos: async (app, language) => ({ driver: (await alone(app, language)).driver, path: "photos" }),
  viewfinder: async (app, language) => ({
    driver: (await alone(app, language)).driver,
    path: "photos",
    async act(page) {
      await page.locator("#shoot").click();
      await page.locator("[data-shutter]:enabled").waitFor();
    },
  }),
  extras: async (app, language) => ({ driver: (await alone(app, language)).driver, path: "extras" }),
  move: (app, language) => photographed(app, language, "move"),
  invite: async (app, language) => photographed(app, language, "invite", true),
  place: (app, language) => photographed(app, language, "place", true),
  "way out of A": ofPair("way-out", "A"),
  "way out of B": ofPair("way-out"),
  details: ofPair("details"),
  "details with errors": async (app, language) => ({ ...(await ofPair("details")(app, language)), act: sendEmpty }),
  statement: stating,
  "statement with errors": async (app, language) => ({ ...(await stating(app, language)), act: sendEmpty }),
  "wait for the statement": (app, language) => stated(app, language, "nothing", "wait-statement"),
  "wait for details": (app, language) => stated(app, language, "same", "wait-details"),
  difference: (app, language) => stated(app, language, "other", "difference"),
  "ways on": (app, language) => stated(app, language, "nothing", "ways"),
  "asked to apply": askedToApply,
  "waits for an officer": (app, language) => decided(app, language, false),
  "an officer has it": (app, language) => decided(app, language, true),
  "asked by the officer": askedAgain,
  "asked by the officer, with errors": async (app, language) => ({
    ...(await askedAgain(app, language)),
    act: sendEmpty,
  }),
  letter: (app, language) => lettered(app, language, "letter"),
  "letter signed for": (app, language) => lettered(app, language, "letter", true),
  "letter on paper": (app, language) => lettered(app, language, "letter-paper"),
  "an officer comes": onTheSpot,
  sign: ready("sign"),
  "case page": ready(""),
  "wait for the signature": (app, language) => signed(app, language, 1),
  done: (app, language) => signed(app, language, 2),
  ended,
  "take the other driver out": ofPair("remove-other", "A"),
  "taken out": (app, language) => absent(app, language, true),
  "never in it": (app, language) => absent(app, language, false),
  "sign after a correction": correctedByOther,
  "what was signed": async (app, language) => ({ ...(await signed(app, language, 1)), path: "signed" }),
  "consent to forward": forwarding,
  paper: async (app, language) => ({ ...(await signed(app, language, 2)), path: "paper" }),
  "my cases": async (app, language) => ({ ...(await signed(app, language, 2)), path: "/h5/cases" }),
  feedback: async (app, language) => ({ ...(await ended(app, language)), path: "feedback" }),
  "my data": async (app, language) => ({ ...(await ofPair("details")(app, language)), path: "/h5/my-data" }),
  "somebody asks to join by digits": (app, language) => asking(app, language, "A"),
  "waiting for a yes": (app, language) => asking(app, language, "B"),
  "agree to a new notice": agreedBefore,
  "ended, and asked to go on": askedToGoOn,
  "ask to go on": async (app, language) => ({ ...(await ended(app, language)), path: "resume" }),
  "take the forwarding back": async (app, language) => ({ ...(await signed(app, language, 2)), path: "forwarding" }),
  "signed out": (app, language) => nobody(app, language, "/h5/signed-out"),
};

/** The environment of an app in which the pages offer to read licences, as they do with the plate reader. */
export function licencesRead(): Record<string, string> {
  const file = join(temporaryFolder("page-states"), "config.yaml");
  writeFileSync(file, "wechat: { ocrPerDay: 100 }\n");
  return { CONFIG_FILE: file };
}

export const urlOf = (app: TestApp, { driver, path }: Seen): string =>
  path.startsWith("/") ? `${app.url}${path}` : driver.urlOf(path);
