import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { startApp, type TestApp } from "../support/app.ts";
import { conclude } from "../support/claims-house.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

after(closeDatabase);

type Part = "web" | "jobs" | "desk";

/** What answers, by path: the status where this part is served. */
const DOORS: [part: Part, path: string, status: number][] = [
  ["web", "/h5/privacy", 200],
  ["web", "/wechat?signature=x", 401],
  ["web", "/api/schemas", 200],
  ["web", "/simulator", 200],
  ["desk", "/police/sign-in", 200],
];
const COMBINATIONS: Part[][] = [
  ["web", "jobs", "desk"],
  ["web", "jobs"],
  ["web", "desk"],
  ["jobs", "desk"],
  ["web"],
  ["jobs"],
  ["desk"],
];

const ask = async (app: TestApp, path: string) => {
  const answer = await fetch(app.url + path, { redirect: "manual" });
  return { status: answer.status, to: answer.headers.get("location"), text: await answer.text() };
};

const outboxOf = async (app: TestApp, id: string) =>
  (await app.ctx.accidents.listOutbox(1_000)).filter(({ accidentId }) => accidentId === id).length;

describe("a process that serves a part", () => {
  for (const roles of COMBINATIONS)
    it(`${roles.join()}: answers at the doors of that part and no other`, async () => {
      const app = await startApp({ env: { ROLES: roles.join() } });
      try {
        for (const [part, path, status] of DOORS)
          assert.equal((await ask(app, path)).status, roles.includes(part) ? status : 404, path);
        assert.equal((await ask(app, "/healthz")).status, 200);
        const ready = await ask(app, "/readyz");
        assert.deepEqual([ready.status, JSON.parse(ready.text).roles], [200, roles]);
        const home = roles.includes("web") ? "/simulator" : roles.includes("desk") ? "/police" : null;
        assert.equal((await ask(app, "/")).to, home);
        const { id } = await conclude(app.ctx);
        await app.settle();
        assert.equal(await outboxOf(app, id), roles.includes("jobs") ? 0 : 1, "the background work");
      } finally {
        await app.stop();
      }
    });

  it("the desk is served nowhere while it is off", async () => {
    const app = await startApp({ env: { ROLES: "web,desk", POLICE_DESK: "false" } });
    try {
      assert.equal((await ask(app, "/police/sign-in")).status, 404);
    } finally {
      await app.stop();
    }
  });
});

describe("processes that share the parts", () => {
  it("work as one: what one accepts, another sends on", async () => {
    const uri = await databaseUri();
    const web = await startApp({ env: { ROLES: "web" }, databaseUri: uri, runJobs: true });
    const { dataDir: DATA_DIR } = web.config;
    const shared = { env: { ROLES: "jobs", DATA_DIR, PUBLIC_URL: web.url }, databaseUri: uri, runJobs: true };
    const jobs = await startApp(shared);
    try {
      const { number } = await conclude(web.ctx);
      const inbox = () => web.simulator.insurers.inbox().filter(({ ref }) => ref.startsWith(number));
      while (inbox().length === 0) await new Promise((next) => setTimeout(next, 100));
      assert.equal(web.simulator.insurers.refused(), 0);
    } finally {
      await jobs.stop();
      await web.stop();
    }
  });
});
