import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { openAccident } from "../../src/actions/open-accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { nextMsgId, pushTo, pushXml } from "../chat/platform-push.ts";
import { openPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { conclude } from "../support/claims-house.ts";
import { CuttingProxy, MOMENTS, type Moment } from "../support/cutting-proxy.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { detailsFields, press, tokenIn } from "../support/database-forms.ts";
import { settleLater } from "../support/settle-later.ts";

/** Far more than a command takes, so that only one that would never end meets them. */
const LIMITS = { commandMs: 8_000, bulkMs: 20_000, trialMs: 8_000 };
const DECLARED = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };
const MOST_PRESSES = 5;

let proxy: CuttingProxy;
let app: TestApp;

/**
 * Prepares a piece of work. `act` does it as a client would, repeated until it is answered; `assertOnce`
 * checks that it was done once.
 */
type Prepare = (name: string) => Promise<{ act(): Promise<void>; assertOnce(): Promise<void> }>;

const WORKS: Record<string, Prepare> = { push: preparePush, form: prepareForm, job: prepareJob };

interface Cut {
  work: string;
  nth: number;
  moment: Moment;
}

/**
 * Registers the test: all connections break before, within and after commands of a push, a form and a job, so
 * many times.
 */
export function testCuts(cuts: number): void {
  before(async () => {
    proxy = await CuttingProxy.start(await databaseUri());
    app = await startApp({ databaseUri: proxy.uri, limits: LIMITS });
  });
  after(async () => {
    await app.stop();
    await proxy.close();
    await closeDatabase();
  });
  test(`${cuts} times all connections to the database break: each thing is done once, and everything works`, (t) =>
    cutAll(t, cuts));
}

async function cutAll(t: TestContext, cuts: number): Promise<void> {
  const all = await allCuts();
  // Spread over all of them; a step that has no divisor in common with their number meets each.
  const step = all.length > cuts ? stepFor(all.length, Math.floor(all.length / cuts)) : 1;
  let done = 0;
  for (let at = 0; done < cuts; at++) {
    const cut = all[(at * step) % all.length] as Cut;
    if (await withCut(cut, `${cut.work}${at}`)) done++;
    assert.ok(at < 3 * cuts + all.length, "cuts happen");
  }
  const count = (text: string) => app.logged().split(text).length - 1;
  t.diagnostic(
    `${done} cuts at ${all.length} points; connections replaced ${count("database.connections-replaced")} times, ` +
      `${count('"Silence"')} commands without an answer, database away ${count("database.away")} times`,
  );
}

function stepFor(length: number, wanted: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  let step = Math.max(1, wanted);
  while (gcd(step, length) !== 1) step++;
  return step;
}

/** Every moment of every command that each work sends when nothing goes wrong. */
async function allCuts(): Promise<Cut[]> {
  const cuts: Cut[] = [];
  for (const [work, prepare] of Object.entries(WORKS)) {
    const { act, assertOnce } = await prepare(`${work}-whole`);
    const before = proxy.commands.length;
    await act();
    const commands = proxy.commands.length - before;
    await assertOnce();
    assert.ok(commands > 1, `${work} sends commands`);
    for (let nth = 1; nth <= commands; nth++) for (const moment of MOMENTS) cuts.push({ work, nth, moment });
  }
  return cuts;
}

/** False: the work ended before that command was sent. */
async function withCut({ work, nth, moment }: Cut, name: string): Promise<boolean> {
  const { act, assertOnce } = await (WORKS[work] as Prepare)(name);
  let isCut = false;
  const told = `${work}, ${moment} command ${nth}`;
  void proxy.cutAt(nth, moment).then(() => {
    isCut = true;
  });
  try {
    await act();
    proxy.spare();
    await assertOnce();
  } catch (error) {
    throw new Error(`${told}: ${(error as Error).message}`, { cause: error });
  }
  assert.equal((await fetch(`${app.url}/readyz`)).status, 200, told);
  return isCut;
}

/** A photograph sent in the chat; the platform repeats a push that got an error. */
async function preparePush(name: string) {
  const openid = `o_cut_${name}`;
  const { id } = await openAccident(app.ctx, { person: await app.ctx.people.see(openid), ...DECLARED });
  const at = app.clock.now();
  const xml = pushXml(
    openid,
    { MsgType: "image", PicUrl: "http://p", MediaId: `media-${name}`, MsgId: nextMsgId() },
    at,
  );
  const sender = { url: app.url, wechat: app.config.wechat, now: () => app.clock.now() };
  return {
    async act() {
      const answer = await untilDone(() => pushTo(sender, xml), 200);
      assert.match(answer.content ?? "", /收到/);
    },
    async assertOnce() {
      const { photos, events } = await app.ctx.accidents.get(id);
      assert.equal(photos.length, 1);
      assert.equal(events.filter(({ type }) => type === "photo-announced").length, 1);
    },
  };
}

/** A driver's form: pressed again when the page says so, with the fields as they were. */
async function prepareForm() {
  const { id, A } = await openPair(app);
  const fields = { ...detailsFields("A"), _csrf: await tokenIn(A, "details") };
  return {
    async act() {
      await untilDone(
        () => press(A, "details", fields),
        303,
        ({ html }) => assert.ok(html.includes(fields.policyNumber), html),
      );
    },
    async assertOnce() {
      const { parties, events } = await app.ctx.accidents.get(id);
      assert.equal(parties.A.details?.policyNumber, fields.policyNumber);
      assert.equal(events.filter(({ type }) => type === "details-given").length, 1);
    },
  };
}

/** From the outbox to the insurers; a worker that met a fault tries again, as its loop does. */
async function prepareJob() {
  const { id } = await conclude(app.ctx, { insurers: { A: "PICC", B: "CPIC" } });
  return {
    async act() {
      await app.jobs.settle().catch(() => {});
    },
    async assertOnce() {
      await settleLater(app.jobs, app.clock);
      const { claims, events } = await app.ctx.accidents.get(id);
      assert.equal(claims.length, 2);
      for (const { ref, insurerCode } of claims)
        assert.equal(app.simulator.insurers.inbox(insurerCode).filter((claim) => claim.ref === ref).length, 1, ref);
      assert.equal(events.filter(({ type }) => type === "claim-delivered").length, 2);
    },
  };
}

async function untilDone<Answer extends { status: number }>(
  press: () => Promise<Answer>,
  status: number,
  refused: (answer: Answer) => void = () => {},
): Promise<Answer> {
  for (let presses = 1; ; presses++) {
    const answer = await press();
    if (answer.status === status) return answer;
    assert.ok([502, 503].includes(answer.status), `answered ${answer.status}`);
    assert.ok(presses < MOST_PRESSES, `still ${answer.status}`);
    refused(answer);
  }
}
