import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { voidLetterNumbers } from "../../src/actions/void-letter-numbers.ts";
import { fieldValue, type Pair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { standingClock } from "../support/clocks.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { appliedPair } from "./disputed.ts";

/** A command that writes the number of a letter. */
const isNumber = (message: Buffer): boolean =>
  message.includes("letter_numbers") && message.includes("insert") && message.includes("takenAt");

/** of the limits of the database's commands */
const timer = standingClock();
let proxy: CuttingProxy;
let app: TestApp;
let officer: DeskClient;
/** what to do when a number is on its way to the database */
let onNumber: () => void = () => {};
before(async () => {
  proxy = await CuttingProxy.start(await databaseUri(), (message) => {
    if (isNumber(message)) onNumber();
  });
  app = await startApp({ databaseUri: proxy.uri, databaseTimer: timer });
  officer = await signedInOfficer(app, { number: "T-1", role: "officer" });
});
after(async () => {
  proxy.resume();
  await app.stop();
  await proxy.close();
  await closeDatabase();
});

const DRAFT: Record<string, string> = {
  facts: "甲车沿延安东路由西向东行驶，与前方等候信号灯的乙车尾部相撞。",
  causes: "甲车未与前车保持足以采取紧急制动措施的安全距离。",
  articles: "《道路交通安全法》第四十三条",
  evidence: "1",
  degrees: "primary-secondary",
};
const TEXTS = ["facts", "causes", "articles"].map((name) => DRAFT[name] ?? "");

const SHORT_MS = 10;
const aMoment = () => new Promise((resolve) => setTimeout(resolve, SHORT_MS));

/** What is answered once the limits of all commands that wait for a database that is gone have run out. */
async function answered(answer: Promise<Response>): Promise<Response> {
  let isThere = false;
  void answer.finally(() => {
    isThere = true;
  });
  while (!isThere) {
    timer.advance(CALM_DATABASE.commandMs);
    await aMoment();
  }
  return answer;
}

/** The database is back, and the app has seen that it is. */
async function comesBack(): Promise<void> {
  proxy.resume();
  while ((await fetch(`${app.url}/readyz`)).status !== 200) {
    timer.advance(CALM_DATABASE.pauseMs);
    await aMoment();
  }
}

const pathOf = ({ id }: Pair) => `/police/cases/${id}/determine`;
const lettersOf = async ({ id }: Pair) => (await app.ctx.accidents.get(id)).dispute?.determinations ?? [];
const numbersOf = async ({ id }: Pair) =>
  (await app.ctx.letterNumbers.list({}, 100)).filter(({ accidentId }) => accidentId === id);

/** An application that the officer has, with a letter that was looked at; returns the form as it is sent. */
async function previewed(): Promise<{ pair: Pair; form: Record<string, string> }> {
  const pair = await appliedPair(app);
  assert.equal((await officer.submit(`/police/cases/${pair.id}/application/take`, {}, "/police/queue")).status, 303);
  const preview = await officer.submit(pathOf(pair), { ...DRAFT, step: "preview" }, "/police/queue");
  const html = await preview.text();
  assert.equal(preview.status, 200);
  const form = { ...DRAFT, step: "issue", seen: fieldValue(html, "seen"), _csrf: fieldValue(html, "_csrf") };
  return { pair, form };
}

function assertKept(html: string): void {
  for (const text of TEXTS) assert.ok(html.includes(text), text);
}

describe("a database that goes while a letter is issued", () => {
  it("after the number was taken: the text stays, nothing was issued, the number becomes void", async () => {
    const { pair, form } = await previewed();
    // the number is written; nothing after it comes through
    const gone = new Promise<void>((resolve) => {
      onNumber = () => {
        onNumber = () => {};
        void proxy.cutAt(2, "before").then(() => {
          proxy.refuse();
          resolve();
        });
      };
    });
    const pressed = officer.post(pathOf(pair), form);
    await gone;
    const answer = await answered(pressed);
    const html = await answer.text();
    assert.equal(answer.status, 503);
    assert.match(html, /The database cannot be reached/);
    assertKept(html);
    await comesBack();
    assert.deepEqual(await lettersOf(pair), []);
    const left = await numbersOf(pair);
    assert.equal(left.length, 1);
    app.clock.advance(3_600_000 + 1);
    await voidLetterNumbers(app.ctx);
    assert.deepEqual(
      (await numbersOf(pair)).map(({ state }) => state),
      ["void"],
    );
    assert.equal((await officer.signIn()).status, 303);
    // pressed again, now with a number of its own; the session is a new one, so it is looked at once more
    const stale = await (await officer.post(pathOf(pair), form)).text();
    assertKept(stale);
    const again = { ...form, _csrf: fieldValue(stale, "_csrf") };
    assert.equal((await officer.post(pathOf(pair), again)).status, 303);
    assert.equal((await lettersOf(pair)).length, 1);
    assert.deepEqual((await numbersOf(pair)).map(({ state }) => state).sort(), ["issued", "void"]);
  });

  it("before anything was done: the page gives the form back to be sent again, each article with it", async () => {
    const { pair, form } = await previewed();
    proxy.refuse();
    const answer = await answered(officer.post(pathOf(pair), form));
    const html = await answer.text();
    assert.equal(answer.status, 503);
    assertKept(html);
    await comesBack();
    assert.deepEqual(await numbersOf(pair), []);
    assert.equal((await officer.post(pathOf(pair), form)).status, 303);
    assert.equal((await lettersOf(pair)).length, 1);
  });
});

describe("a session that ends while a letter is written", () => {
  it("gives the text back with the way to sign in; sent again it stands in the form", async () => {
    const { pair, form } = await previewed();
    app.clock.advance(16 * 60_000);
    const answer = await officer.post(pathOf(pair), form);
    const html = await answer.text();
    assert.equal(answer.status, 401);
    assertKept(html);
    assert.match(html, /href="\/police\/sign-in"/);
    assert.doesNotMatch(html, /WeChat/);
    assert.equal((await officer.signIn()).status, 303);
    const again = await officer.post(pathOf(pair), form);
    const shown = await again.text();
    assert.equal(again.status, 403);
    assertKept(shown);
    assert.match(shown, /value="primary-secondary" checked/);
    assert.match(shown, /name="evidence" value="1" checked/);
    assert.deepEqual(await lettersOf(pair), []);
  });

  it("and a field that is too long loses none of the others", async () => {
    const { pair, form } = await previewed();
    const answer = await officer.post(pathOf(pair), { ...form, more: "一".repeat(20_001) });
    assert.equal(answer.status, 422);
    assertKept(await answer.text());
  });

  it("gives no password back", async () => {
    proxy.refuse();
    const answer = await answered(officer.signIn({ code: "000000", password: "a secret of mine" }));
    const html = await answer.text();
    assert.equal(answer.status, 503);
    assert.ok(!html.includes("a secret of mine"));
    await comesBack();
  });
});
