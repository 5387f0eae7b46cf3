import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { expireAccidents } from "../../src/actions/expire-accidents.ts";
import { runClocks } from "../../src/actions/run-clocks.ts";
import { voidLetterNumbers } from "../../src/actions/void-letter-numbers.ts";
import type { Accident, Statement } from "../../src/domain/accident.ts";
import { letterOf, waitingForOfficer } from "../../src/domain/dispute.ts";
import { addWorkingDays, dayInChina, LETTER_DAYS, SERVICE_DAYS } from "../../src/domain/working-days.ts";
import type { Person } from "../../src/http/session.ts";
import { relayOutbox } from "../../src/jobs/relay.ts";
import { formTime } from "../../src/police/desk-times.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { DESK, type DeskId, type Driver, Law, type Move, nextMove } from "../domain/dispute-oracle.ts";
import { lawfully, STEPS, seen } from "../domain/dispute-walk.ts";
import { disputingPair } from "../h5/disputes.ts";
import { driverOf, fieldValue } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, newOfficer } from "../support/desk-client.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { passTime } from "../support/pass-time.ts";
import { numbersFrom } from "../support/random.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** longer than any time that the law counts in working days */
const MOST_DAYS_ALONE = 30;
/** cases of one app and one year of its clock */
const SEEDS_OF_APP = 20;

interface Answer {
  status: number;
  html: string;
  /** where a 303 leads, else null */
  location: string | null;
}

/** An officer's browser that signs in again whenever the session has ended. */
class Screen {
  readonly #client: DeskClient;
  #token = "";

  constructor(client: DeskClient) {
    this.#client = client;
  }

  async post(path: string, fields: Record<string, string>): Promise<Answer> {
    if (this.#token === "") await this.#enter();
    const answer = await this.#client.post(path, { ...fields, _csrf: this.#token });
    if (answer.status !== 401) return read(answer);
    await this.#enter();
    return read(await this.#client.post(path, { ...fields, _csrf: this.#token }));
  }

  async #enter(): Promise<void> {
    const { status } = await this.#client.signIn();
    assert.equal(status, 303, "signed in");
    this.#token = fieldValue(await (await this.#client.get("/police/queue")).text(), "_csrf");
    assert.notEqual(this.#token, "");
  }
}

const read = async (response: Response): Promise<Answer> => ({
  status: response.status,
  html: await response.text(),
  location: response.headers.get("location"),
});

/** The police number of somebody of the walk. */
const numberOf = (id: string): string => `W-${id}`;

/** One case with everybody who has to do with it. */
interface Played {
  app: TestApp;
  id: string;
  startMs: number;
  law: Law;
  drivers: Record<Driver, Person>;
  screens: Record<DeskId, Screen>;
}

/** The case as the law speaks of it, each officer by the name of the walk. */
async function seenOf(played: Played): Promise<ReturnType<typeof seen>> {
  const { guides, decides, ...rest } = seen(await caseOf(played));
  const nameOf = (officerId: string | null) =>
    Object.keys(DESK).find((id) => played.app.ctx.officers.idOf(numberOf(id)) === officerId) ?? officerId;
  return { ...rest, guides: nameOf(guides), decides: nameOf(decides) };
}

const caseOf = ({ app, id }: Played): Promise<Accident> => app.ctx.accidents.get(id);

/** The law's times on the city's calendar, in minutes from the start of the case. */
function workingTimes({ config }: TestApp, startMs: number) {
  const lastMinute = (from: number, days: number): number => {
    const at = new Date(startMs + from * MINUTE_MS);
    return (addWorkingDays(at, days, config.rules.calendar).until.getTime() - startMs) / MINUTE_MS;
  };
  return {
    letterDue: (takenAt: number) => lastMinute(takenAt, LETTER_DAYS),
    serviceDue: (issuedAt: number) => lastMinute(issuedAt, SERVICE_DAYS),
  };
}

/** Posts a driver's form with the token of the case's page, which shows no letter. */
async function postAs(played: Played, by: Driver, path: string, fields: Record<string, string>): Promise<Answer> {
  const driver = driverOf(played.app, played.id, played.drivers[by]);
  const body = new URLSearchParams({ ...fields, _csrf: fieldValue((await driver.get("")).html, "_csrf") });
  const headers = { cookie: `${driver.cookie.name}=${driver.cookie.value}`, accept: "text/html" };
  return read(await fetch(driver.urlOf(path), { method: "POST", headers, body, redirect: "manual" }));
}

async function show(played: Played, by: Driver, path: string): Promise<Answer> {
  const driver = driverOf(played.app, played.id, played.drivers[by]);
  const { status, html, location } = await driver.get(path);
  return { status, html, location };
}

/** The page on which a driver stands, by the law. */
function pageOf(law: Law, by: Driver): string {
  if (law.end) return "ended";
  if (law.letter) return "letter";
  const isAsked = law.requests.some(({ to, isOpen }) => to === by && isOpen);
  if (law.isWithPolice) return isAsked ? "evidence" : "decision";
  return law.alike ? "sign" : "difference";
}

type Stated = Pick<Statement, "ownAct" | "otherAct">;
const flipped = (of: Stated | null | undefined): Stated => ({
  ownAct: of?.otherAct ?? "none",
  otherAct: of?.ownAct ?? "none",
});

/** What makes both statements alike, or not: then the other driver is blamed for something new. */
async function statementOf(played: Played, by: Driver, alike: boolean): Promise<Record<string, string>> {
  const { parties } = await caseOf(played);
  const same = flipped(parties[by === "A" ? "B" : "A"]?.statement);
  const own = alike ? same : { ownAct: "none", otherAct: same.otherAct === "QS-01" ? "QS-02" : "QS-01" };
  return { ...own, impact: parties[by]?.statement?.impact ?? "front", note: "" };
}

/** Where a request is withdrawn, unless on the page on which its driver stands. */
const WITHDRAWN_AT: Record<string, string> = { sign: "ways", letter: "difference", ended: "difference" };

type DriverMove = Extract<Move, { by: Driver }>;

/** Does as a driver does on a phone. */
async function driverActs(played: Played, move: DriverMove): Promise<Answer> {
  const { law } = played;
  const { by, type } = move;
  const page = pageOf(law, by);
  const number = letterOf(await caseOf(played))?.number ?? "0";
  switch (move.type) {
    case "open":
      return show(played, by, "letter");
    case "receive":
      return postAs(played, by, "letter", { act: "receive", number, signature: SIGNATURE, forwarding: "yes" });
    case "refuse-receipt":
      return postAs(played, by, "letter", { act: "refuse", number });
    case "state":
      return postAs(played, by, "statement", await statementOf(played, by, move.alike));
    case "end":
      return postAs(played, by, "way-out", { choice: "withdraw" });
    case "resume":
      return postAs(played, by, "resume", {});
    case "answer-evidence":
      return postAs(played, by, "evidence", { request: String(move.request), text: "在路口前。" });
    case "ask-guidance":
      return postAs(played, by, page === "sign" ? "ways" : "difference", { act: type });
    case "withdraw-guidance":
    case "withdraw-application":
      return postAs(played, by, WITHDRAWN_AT[page] ?? page, { act: type });
    default:
      return postAs(played, by, "difference", { act: type });
  }
}

const LETTER = {
  facts: "甲车沿延安东路由西向东行驶，与前方等候信号灯的乙车尾部相撞。",
  causes: "甲车未与前车保持足以采取紧急制动措施的安全距离。",
  articles: "《道路交通安全法》第四十三条",
  evidence: "1",
  degrees: "primary-secondary",
};

type DeskMove = Extract<Move, { by: DeskId }>;

const PATHS: Record<Exclude<DeskMove["type"], "determine" | "replace">, string> = {
  "take-guidance": "guidance/take",
  "release-guidance": "guidance/release",
  "reassign-guidance": "guidance/reassign",
  "give-guidance": "guide",
  "take-application": "application/take",
  "release-application": "application/release",
  "reassign-application": "application/reassign",
  "ask-evidence": "evidence",
  return: "return",
  "send-officer": "send",
  "not-ours": "refuse",
  recuse: "recuse",
  "confirm-service": "service",
  "note-review": "review",
};

function formOf({ app }: Played, move: DeskMove): Record<string, string> {
  switch (move.type) {
    case "give-guidance":
      return { how: "message", text: "请一起核对行车记录仪。", textEn: "" };
    case "ask-evidence": {
      const until = formTime(new Date(app.clock.now().getTime() + HOUR_MS));
      return { to: move.to, what: "sentence", text: "您何时打的转向灯？", until };
    }
    case "return":
      return { reason: "not-enough", text: "缺少车道照片" };
    case "send-officer":
      return { controlRoomNumber: "20261123-0042" };
    case "not-ours":
      return { code: "call-now" };
    case "confirm-service":
      return { party: move.to };
    case "note-review":
      return { party: move.to, filed: dayInChina(app.clock.now()) };
    default:
      return {};
  }
}

/** Does as an officer does at the desk; a letter is looked at first, then issued. */
async function officerActs(played: Played, move: DeskMove): Promise<Answer> {
  const screen = played.screens[move.by];
  const base = `/police/cases/${played.id}`;
  if (move.type !== "determine" && move.type !== "replace")
    return screen.post(`${base}/${PATHS[move.type]}`, formOf(played, move));
  const path = `${base}/${move.type}`;
  const draft = { ...LETTER, ...(move.type === "replace" && { reason: "责任划分有误" }) };
  const preview = await screen.post(path, { ...draft, step: "preview" });
  if (preview.status !== 200) return preview;
  return screen.post(path, { ...draft, step: "issue", seen: fieldValue(preview.html, "seen") });
}

const isOfDesk = (move: Move): move is DeskMove => "by" in move && move.by in DESK;

/** The pages give no guidance to drivers whose application an officer has or will take. */
const isOffered = (law: Law, { type }: Move): boolean => type !== "ask-guidance" || !law.isWithPolice;

/** The same statement once more is none: it ends nothing that was asked for since. */
const isRepeated = (law: Law, move: Move): boolean => move.type === "state" && move.alike && law.alike;

/** Whatever was refused is answered by a page: one that says why, or one that shows how things stand. */
async function assertSpoken(played: Played, move: Exclude<Move, { type: "wait" }>, answer: Answer): Promise<void> {
  const { status, html, location } = answer;
  if (isOfDesk(move)) {
    assert.ok([404, 409].includes(status), `refused with ${status}`);
    assert.match(html, /role="alert">[^<]{4,}</);
    return;
  }
  if (status === 303) {
    const path = (location ?? "").replace(`/h5/accidents/${played.id}/`, "");
    // to look at a letter is to be served
    if (path === "letter") return;
    assert.equal((await show(played, move.by as Driver, path)).status, 200, `shown ${location}`);
    return;
  }
  assert.ok([422, 429].includes(status), `refused with ${status}`);
  assert.match(html, /role="alert"/);
}

/** What is to be told is taken over by the deliveries, time goes by, and the clock does what it has to. */
async function wait(app: TestApp, ms: number): Promise<void> {
  while ((await relayOutbox(app.ctx)) > 0);
  await passTime(app, ms, HOUR_MS);
  while ((await runClocks(app.ctx)) > 0);
}

/** Events that a move leaves when it was done. */
const EVENTS: Partial<Record<Move["type"], string>> = {
  "ask-guidance": "guidance-asked",
  "withdraw-guidance": "guidance-withdrawn",
  "take-guidance": "guidance-taken",
  "release-guidance": "guidance-released",
  "reassign-guidance": "guidance-released",
  "give-guidance": "guidance-given",
  propose: "application-proposed",
  agree: "application-agreed",
  refuse: "application-refused",
  "withdraw-application": "application-withdrawn",
  "take-application": "application-taken",
  "release-application": "application-released",
  "reassign-application": "application-released",
  "ask-evidence": "evidence-asked",
  "answer-evidence": "evidence-given",
  return: "application-returned",
  "send-officer": "officer-sent",
  "not-ours": "case-refused",
  determine: "letter-issued",
  replace: "letter-replaced",
  resume: "resumed",
};

/** Plays one move by the pages and judges what came of it; returns the event that it has to leave. */
async function play(played: Played, move: Move, name: string): Promise<string | null> {
  const { app, law } = played;
  const isAllowed = law.allows(move) && isOffered(law, move);
  if (move.type === "wait") await wait(app, move.minutes * MINUTE_MS);
  else {
    const answer = isOfDesk(move) ? await officerActs(played, move) : await driverActs(played, move as DriverMove);
    assert.ok(answer.status < 500, `${name}: ${answer.status}`);
    if (!isAllowed) await assertSpoken(played, move, answer).catch((error) => assert.fail(`${name}: ${error.message}`));
  }
  if (isAllowed && !isRepeated(law, move)) law.play(move);
  assert.deepEqual(await seenOf(played), lawfully(law), name);
  return isAllowed ? (EVENTS[move.type] ?? null) : null;
}

/** Nobody does anything more: the clock ends every case, or its letter waits to be served. */
async function leaveAlone(played: Played, name: string): Promise<void> {
  const { app, law } = played;
  for (let days = 0; days < MOST_DAYS_ALONE; days++) {
    await wait(app, 24 * HOUR_MS);
    await expireAccidents(app.ctx);
    const accident = await caseOf(played);
    const waits = waitingForOfficer(accident)?.kind ?? null;
    const isAtRest = accident.ended !== null || (letterOf(accident) !== null && (!law.awaitsService || waits !== null));
    if (!isAtRest) continue;
    assert.equal(waits, law.awaitsService && !accident.ended ? "service" : null, `${name}: what waits for ever`);
    return;
  }
  assert.fail(`${name}: no end: ${JSON.stringify(await seenOf(played))}`);
}

/** Every act that was answered well stands in the case's history, in one chain. */
function assertKept({ id, events }: Accident, left: readonly string[], name: string): void {
  assert.equal(firstBrokenEvent(id, events), null, `${name}: the chain of events is whole`);
  const count = (type: string) => left.filter((one) => one === type).length;
  for (const type of new Set(Object.values(EVENTS))) {
    const kept = events.filter((event) => event.type === type && event.by !== "system").length;
    assert.equal(kept, count(type), `${name}: each ${type} is kept`);
  }
}

async function walk(app: TestApp, screens: Played["screens"], seed: number): Promise<void> {
  app.clock.advance(MINUTE_MS - (app.clock.now().getTime() % MINUTE_MS));
  const { id, A, B } = await disputingPair(app);
  const startMs = app.clock.now().getTime();
  const law = new Law(workingTimes(app, startMs));
  const played = { app, id, startMs, law, screens, drivers: { A: A.person, B: B.person } };
  const random = numbersFrom(seed);
  const left: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const move = nextMove(law, random);
    const event = await play(played, move, `seed ${seed}, step ${step}: ${JSON.stringify(move)}`);
    if (event) left.push(event);
  }
  assertKept(await caseOf(played), left, `seed ${seed}`);
  await leaveAlone(played, `seed ${seed}`);
}

/** Nothing is left over at the desk: each number of a letter is settled, the log of accesses is whole. */
async function assertSettled({ ctx, clock }: TestApp): Promise<void> {
  clock.advance(2 * HOUR_MS);
  await voidLetterNumbers(ctx);
  const numbers = await ctx.letterNumbers.list({}, 1_000);
  assert.deepEqual(
    numbers.filter(({ state }) => state === "taken"),
    [],
  );
  assert.equal((await ctx.accessLog.verify()).broken, null);
}

/** Everybody of the desk, each with an account for the whole city. */
async function openScreens(app: TestApp): Promise<Played["screens"]> {
  const screens: [string, Screen][] = [];
  for (const [id, role] of Object.entries(DESK))
    screens.push([id, new Screen(await newOfficer(app, { number: numberOf(id), role }))]);
  return Object.fromEntries(screens) as Played["screens"];
}

/**
 * Two drivers on their pages, two officers, an auxiliary and a supervisor at the desk and the test's clock,
 * judged after each step by the oracle of the law.
 */
export function testDisputes(seeds: number): void {
  describe("disputes that are walked through at random by their pages", () => {
    after(closeDatabase);
    for (let first = 1; first <= seeds; first += SEEDS_OF_APP) {
      const last = Math.min(first + SEEDS_OF_APP - 1, seeds);
      it(`seeds ${first} to ${last}`, async () => {
        const app = await startApp();
        try {
          const screens = await openScreens(app);
          for (let seed = first; seed <= last; seed++) await walk(app, screens, seed);
          await assertSettled(app);
          assert.doesNotMatch(app.logged(), /door\.request-failed|clocks\.failed/);
        } finally {
          await app.stop();
        }
      });
    }
  });
}
