import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

describe("marks of cases", () => {
  it("are read for many at once, and differ after a change and after a look", async () => {
    const { accidents } = app.ctx;
    const [one, two] = [await openPair(app), await openPair(app)];
    const ids = [one.id, two.id, "gone"];
    const first = await accidents.listMarks(ids);
    assert.deepEqual([...first.keys()].sort(), [one.id, two.id].sort());
    await one.A.post("details", {});
    assert.deepEqual(await accidents.listMarks(ids), first, "nothing was changed");
    await accidents.noteSeen(one.id, { letter: "A", step: "details", at: app.clock.now() });
    const seen = await accidents.listMarks(ids);
    assert.notEqual(seen.get(one.id), first.get(one.id));
    assert.equal(seen.get(two.id), first.get(two.id));
  });

  it("a look is written once a minute, whoever writes it, beside version, events and outbox", async () => {
    const { accidents } = app.ctx;
    const { id } = await openPair(app);
    const before = await accidents.get(id);
    const at = app.clock.now();
    const in59 = new Date(at.getTime() + 59_000);
    const in61 = new Date(at.getTime() + 61_000);
    const note = (when: Date) => accidents.noteSeen(id, { letter: "B", step: "details", at: when });
    await Promise.all([note(at), note(at), note(in59)]);
    const first = (await accidents.get(id)).seen?.B?.["details"];
    assert.ok(first && first <= in59);
    await note(first);
    assert.deepEqual((await accidents.get(id)).seen, { B: { details: first } });
    await note(new Date(Math.max(in61.getTime(), first.getTime() + 61_000)));
    const { seen, ...after } = await accidents.get(id);
    assert.ok((seen?.B?.["details"] as Date) > first);
    assert.deepEqual(after, before);
  });

  it("go on through changes of the case, and end with its erasure", async () => {
    const { accidents, retention } = app.ctx;
    const { id } = await openPair(app);
    await accidents.noteSeen(id, { letter: "A", step: "details", at: app.clock.now() });
    const change = { type: "language-chosen", by: "A", data: { language: "en" } } as const;
    const changed = await accidents.change(id, (accident) => ({ accident, events: [change] }));
    assert.deepEqual((await accidents.get(id)).seen, changed.seen);
    assert.ok(changed.seen?.A?.["details"]);
    await retention.erase(id);
    assert.match((await accidents.listMarks([id])).get(id) ?? "", /\/0$/);
  });
});
