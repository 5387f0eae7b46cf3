import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import { endAccident } from "../../src/actions/end-accident.ts";
import { feedbackCommand } from "../../src/jobs/feedback-command.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { button, heading } from "./phone.ts";
import { type Driver, driverOf, errorAt, openPair, readyPair } from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const words = (language: "zh" | "en", key: string) => app.ctx.render.words(language).find(`h5.${key}`) ?? key;

/** A page that belongs to no case. */
async function read({ cookie }: Driver, path: string): Promise<{ html: string; location: string | null }> {
  const headers = { cookie: `${cookie.name}=${cookie.value}`, accept: "text/html" };
  const answer = await fetch(new URL(path, app.url), { headers, redirect: "manual" });
  return { html: await answer.text(), location: answer.headers.get("location") };
}

describe("my cases", () => {
  it("lists what runs, what is settled and what has ended; the entry leads there when nothing runs", async () => {
    const first = await readyPair(app);
    const { A } = first;
    await endAccident(app.ctx, { accidentId: first.id, letter: "A", code: "dispute" });
    assert.equal((await read(A, "/h5")).location, "/h5/cases");
    const ended = await read(A, "/h5/cases");
    assert.equal(heading(ended.html), words("zh", "cases.title"));
    assert.ok(ended.html.includes(words("zh", "cases.ended")) && ended.html.includes("两小时内可恢复办理"));
    assert.ok(!ended.html.includes(words("zh", "cases.settled")));
    assert.ok(button(ended.html, words("zh", "cases.anew")));
    app.clock.advance(1_000);
    const second = await openPair(app, { known: A.person });
    const both = await read(A, "/h5/cases");
    for (const { id } of [first, second]) assert.ok(both.html.includes((await app.ctx.accidents.get(id)).number));
    assert.ok(both.html.includes(words("zh", "cases.running")) && button(both.html, words("zh", "cases.goOn")));
    assert.equal((await read(A, "/h5")).location, `/h5/accidents/${second.id}/details`);
    await endAccident(app.ctx, { accidentId: second.id, letter: "A", code: "withdrawn" });
    await driverOf(app, first.id, A.person).post("resume", {});
    assert.equal((await read(A, "/h5")).location, `/h5/accidents/${first.id}/sign`, "the earlier one runs again");
    const stranger = await read(second.B, "/h5/cases");
    assert.ok(!stranger.html.includes((await app.ctx.accidents.get(first.id)).number));
  });
});

describe("rating and complaint", () => {
  it("are taken once the case is over, sealed, counted, listed to the operator and put aside", async () => {
    const pair = await openPair(app, { language: { A: "en" } });
    assert.equal((await pair.A.post("feedback", { rating: "5" })).location, "details", "not while it runs");
    await endAccident(app.ctx, { accidentId: pair.id, letter: "A", code: "withdrawn" });
    const empty = await pair.A.post("feedback", {});
    assert.equal(empty.status, 422);
    assert.equal(errorAt(empty.html, "rating"), words("en", "feedback.error.nothing"));
    const complaint = "等了一个小时，没有人接电话";
    assert.equal((await pair.A.post("feedback", { rating: "2", complaint })).location, "feedback");
    assert.ok((await pair.A.get("feedback")).html.includes(complaint), "it may be changed");
    assert.ok(!(await pair.B.get("feedback")).html.includes(complaint), "it is not the other driver's");
    const id = `${pair.id}/A`;
    const connection = await mongoose.createConnection(app.databaseUri).asPromise();
    const stored = await connection.collection("feedback").findOne({ _id: id as never });
    await connection.close();
    assert.ok(
      stored &&
        !Buffer.from(stored["sealed"].buffer).includes(complaint) &&
        !JSON.stringify(stored).includes(complaint),
    );
    assert.equal(await app.ctx.feedback.countOpen(), 1);
    assert.ok(app.logged().includes("feedback.complaint") && !app.logged().includes(complaint));
    const { events } = await app.ctx.accidents.get(pair.id);
    assert.deepEqual(events.at(-1)?.data, { rating: 2, isComplaint: true });
    assert.ok(!(await pair.B.get("")).html.includes(words("zh", "case.event.feedback-given")));
    const told: string[] = [];
    const run = (...said: string[]) => feedbackCommand(app.ctx, said, (text) => void told.push(text));
    assert.equal(await run("list"), 0);
    assert.ok(told.join("").includes(complaint));
    assert.equal(await run("done", id), 0);
    assert.equal(await run("done", id), 1, "it is off the list");
    assert.equal(await app.ctx.feedback.countOpen(), 0);
    assert.equal((await app.ctx.feedback.ratings())[2], 1);
    assert.equal(await run("nonsense"), 2);
    await app.ctx.retention.erase(pair.id);
    assert.equal(await app.ctx.feedback.find(id), null);
  });

  it("are taken ten times a day", async () => {
    const pair = await openPair(app);
    await endAccident(app.ctx, { accidentId: pair.id, letter: "A", code: "withdrawn" });
    for (let turn = 0; turn < 10; turn++) assert.equal((await pair.A.post("feedback", { rating: "3" })).status, 303);
    assert.equal((await pair.A.post("feedback", { rating: "3" })).status, 429);
  });
});
