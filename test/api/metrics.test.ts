import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { LETTERS } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { countQueues } from "../../src/jobs/count-queues.ts";
import { createMetrics } from "../../src/metrics.ts";
import { readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { openClaimsHouse } from "../support/claims-house.ts";
import { closeDatabase, freePort } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";

after(closeDatabase);

/** One value of a page in Prometheus's text format; undefined: no such series. */
function valueIn(page: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = page.split("\n").find((one) => {
    const isNamed = one.startsWith(`${name}{`) || one.startsWith(`${name} `);
    return isNamed && Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`));
  });
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

describe("/metrics", () => {
  let app: TestApp;
  let url: string;
  const page = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    app = await startApp({ env: { METRICS_PORT: String(port) } });
  });
  after(() => app.stop());

  it("stands on its own port, to be read and nothing else; the public one has none", async () => {
    const answer = await fetch(`${url}/metrics`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=/);
    assert.equal((await fetch(`${url}/readyz`)).status, 404);
    assert.equal((await fetch(`${url}/metrics`, { method: "POST" })).status, 404);
    assert.equal((await fetch(`${app.url}/metrics`)).status, 404);
  });

  it("counts a settlement: pushes, deliveries, claims, tokens, commands; and names nobody", async () => {
    const pair = await readyPair(app, { real: true });
    const accident = await app.ctx.accidents.get(pair.id);
    const shown = contentDigest(app.ctx, accident);
    for (const letter of LETTERS) {
      const input = { accidentId: pair.id, letter, contentDigest: shown, signature: SIGNATURE, forwarding: true };
      await signAgreement(app.ctx, input);
    }
    await app.settle();
    const text = await page();
    const atLeastOne: [string, Record<string, string>][] = [
      ["kuaichu_delivery_seconds_count", { kind: "document", outcome: "done" }],
      ["kuaichu_delivery_seconds_count", { kind: "claim", outcome: "done" }],
      ["kuaichu_delivery_seconds_count", { kind: "notice" }],
      ["kuaichu_claim_attempts_total", { insurer: "PICC", outcome: "done" }],
      ["kuaichu_database_command_seconds_count", { outcome: "done" }],
      ["kuaichu_database_connections", { state: "open" }],
      ["nodejs_eventloop_lag_p99_seconds", {}],
    ];
    for (const [name, labels] of atLeastOne) assert.ok((valueIn(text, name, labels) ?? 0) > 0, name);
    const after = await app.ctx.accidents.get(pair.id);
    const own = LETTERS.flatMap((letter) => {
      const { details } = after.parties[letter] ?? {};
      return details ? [details.name, details.phone, details.plate].map(String) : [];
    });
    assert.ok(own.length === 6);
    for (const word of [...own, after.id, after.number]) assert.ok(!text.includes(word), word);
  });

  it("counts pushes by kind, and what the doors refuse by reason", async () => {
    await app.simulator.platform.follow("pusher");
    await fetch(`${app.url}/wechat?signature=no&timestamp=1&nonce=n`, { method: "POST", body: "<xml/>" });
    const text = await page();
    const pushes = valueIn(text, "kuaichu_push_seconds_count", { kind: "subscribe", outcome: "answered" });
    assert.ok((pushes ?? 0) > 0, text.match(/^kuaichu_push_seconds_count.*$/gm)?.join("\n"));
    assert.ok((valueIn(text, "kuaichu_refusals_total", { door: "push" }) ?? 0) > 0);
  });

  it("is not served unless a port is given", async () => {
    const off = await startApp();
    try {
      assert.equal(off.config.metrics.port, null);
      assert.equal(off.config.metrics.host, "127.0.0.1");
    } finally {
      await off.stop();
    }
  });
});

describe("what waits", () => {
  it("is counted by one process for all, kept, and shown with its age", async () => {
    const house = await openClaimsHouse();
    try {
      const { ctx, clock } = house;
      const show = async () => (await ctx.metrics.page()).text;
      assert.equal(valueIn(await show(), "kuaichu_counts_age_seconds"), undefined, "nothing was counted yet");
      assert.equal(valueIn(await show(), "kuaichu_backup_age_seconds"), undefined, "no backup was made yet");
      await ctx.keptCounts.noteBackup(new Date(0));
      house.insurers.setMode("PICC", { kind: "status", status: 401 });
      await house.conclude({ insurers: { A: "PICC", B: "PICC" } });
      clock.advance(30_000);
      await countQueues(ctx);
      await ctx.keptCounts.noteBackup(clock.now());
      clock.advance(10_000);
      const waiting = await (await house.another()).ctx.metrics.page();
      assert.equal(valueIn(waiting.text, "kuaichu_outbox_oldest_seconds"), 40, "seen by the other process");
      await house.jobs.settle();
      await countQueues(ctx);
      clock.advance(5_000);
      const text = await (await house.another()).ctx.metrics.page().then((one) => one.text);
      assert.equal(valueIn(text, "kuaichu_claims", { insurer: "PICC", state: "held" }), 1);
      assert.equal(valueIn(text, "kuaichu_deliveries", { kind: "claim", state: "held" }), 1);
      assert.equal(valueIn(text, "kuaichu_deliveries_oldest_seconds", { kind: "claim", state: "held" }), 5);
      assert.equal(valueIn(text, "kuaichu_outbox_oldest_seconds"), 0);
      assert.equal(valueIn(text, "kuaichu_inbox_oldest_seconds"), 0);
      assert.equal(valueIn(text, "kuaichu_damaged_files"), 0);
      assert.equal(valueIn(text, "kuaichu_deliveries_uncounted"), 0);
      assert.equal(valueIn(text, "kuaichu_disputes", { kind: "guidance" }), 0);
      assert.equal(valueIn(text, "kuaichu_counts_age_seconds"), 5);
      assert.equal(valueIn(text, "kuaichu_backup_age_seconds"), 15);
    } finally {
      await house.close();
    }
  });
});

describe("a metric that is read at each scrape", () => {
  it("is left out while it cannot be read, and breaks no other", async () => {
    const metrics = createMetrics();
    let fails = true;
    metrics.add({
      name: "one",
      help: "h",
      read: async () => {
        if (fails) throw new Error("away");
        return [{ value: 7 }];
      },
    });
    metrics.add({
      name: "other_total",
      help: "h",
      type: "counter",
      labels: ["a"],
      read: () => [{ labels: { a: "b" }, value: 3 }],
    });
    for (let round = 0; round < 2; round++) {
      const { text } = await metrics.page();
      assert.equal(valueIn(text, "one"), undefined);
      assert.equal(valueIn(text, "other_total", { a: "b" }), 3, "as often as it is looked at");
    }
    fails = false;
    assert.equal(valueIn((await metrics.page()).text, "one"), 7);
  });
});
