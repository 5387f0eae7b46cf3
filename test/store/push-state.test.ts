import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Connection } from "mongoose";
import { connect } from "../../src/store/connect.ts";
import { createCounters } from "../../src/store/counters.ts";
import { createInbox } from "../../src/store/inbox.ts";
import { createNotices } from "../../src/store/notices.ts";
import { createPeople } from "../../src/store/people.ts";
import { createPersonCases } from "../../src/store/person-cases.ts";
import { createTokens } from "../../src/store/tokens.ts";
import { createTries } from "../../src/store/tries.ts";
import { createVault } from "../../src/store/vault.ts";
import { SAY_WINDOWS } from "../../src/wechat/api/quota.ts";
import { admitted } from "../support/admitted.ts";
import { standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

/** Keys that several processes write for the first time at the same moment. */
const MEETINGS = Array.from({ length: 20 }, (_, at) => `meeting-${at}`);

describe("what the channel keeps", () => {
  const vault = createVault(randomBytes(32));
  const clock = standingClock();
  const now = () => clock.now();
  const connections: Connection[] = [];

  before(async () => {
    const uri = await databaseUri();
    // Two processes.
    connections.push(await connect(uri), await connect(uri));
  });
  after(async () => {
    for (const connection of connections) await connection.close();
    await closeDatabase();
  });

  const both = <T>(create: (connection: Connection) => T): [T, T] => connections.map(create) as [T, T];

  describe("of a push", () => {
    const lease = (key: string, holder: string) => ({ key, order: "1", isEncrypted: false, holder, leaseMs: 3_000 });

    const idsOfInbox = async () => {
      const found = await connections[0]!.collection("inbox").find({}).toArray();
      return found.map(({ _id }) => String(_id));
    };

    it("lets one of many have the work, and gives the others its answer", async () => {
      const [a, b] = await Promise.all(both((connection) => createInbox(connection, vault, now)));
      const begun = await Promise.all([0, 1, 2, 3, 4, 5].map((at) => (at % 2 ? a : b).begin(lease("once", `h${at}`))));
      assert.equal(begun.filter(({ state }) => state === "new").length, 1);
      assert.equal(begun.filter(({ state }) => state === "running").length, 5);
      const holder = `h${begun.findIndex(({ state }) => state === "new")}`;
      await a.finish(lease("once", "another"), "not mine");
      assert.deepEqual(await b.begin(lease("once", "x")), { state: "running" });
      await a.finish(lease("once", holder), "<xml>回复</xml>");
      assert.deepEqual(await b.begin(lease("once", "x")), { state: "done", reply: "<xml>回复</xml>" });
    });

    it("keeps that nothing was said", async () => {
      const [a] = await Promise.all(both((connection) => createInbox(connection, vault, now)));
      await a.begin(lease("silent", "h"));
      await a.finish(lease("silent", "h"), null);
      assert.deepEqual(await a.begin(lease("silent", "x")), { state: "done", reply: null });
    });

    it("gives the work of a dead process to the next that asks, not that of a living one", async () => {
      const [a, b] = await Promise.all(both((connection) => createInbox(connection, vault, now)));
      await a.begin(lease("dead", "first"));
      clock.advance(2_000);
      await a.renew(lease("dead", "first"));
      clock.advance(2_000);
      assert.equal((await b.begin(lease("dead", "second"))).state, "running");
      clock.advance(3_000);
      assert.equal((await b.begin(lease("dead", "second"))).state, "new");
      await a.renew(lease("dead", "first"));
      await a.finish(lease("dead", "first"), "too late");
      assert.equal((await a.begin(lease("dead", "third"))).state, "running");
    });

    it("keeps an answer that is ciphertext as it goes to the platform, and gives it back so", async () => {
      const [a, b] = await Promise.all(both((connection) => createInbox(connection, vault, now)));
      const encrypted = { ...lease("safe mode", "h"), isEncrypted: true };
      await a.begin(encrypted);
      await a.finish(encrypted, "<xml><Encrypt>…</Encrypt></xml>");
      assert.deepEqual(await b.begin(lease("safe mode", "x")), {
        state: "done",
        reply: "<xml><Encrypt>…</Encrypt></xml>",
      });
    });

    it("keeps a message that was accepted and not done for the next process, three times at most, and forgets it when it is done", async () => {
      const [a, b] = await Promise.all(both((connection) => createInbox(connection, vault, now)));
      const begun = lease("o_kept:78", "first");
      await a.begin(begun);
      await a.keep(begun, '{"content":"沪A12345"}');
      assert.equal(await b.claimKept("second", 3_000), null, "it is being worked on");
      const stored = JSON.stringify(await connections[0]?.collection("inbox").find({}).toArray());
      assert.doesNotMatch(stored, /o_kept|沪A/);
      clock.advance(4_000);
      const claims = await Promise.all([a, b, a, b].map((one, at) => one.claimKept(`next${at}`, 3_000)));
      const [claimed, ...rest] = claims.filter((claim) => claim !== null);
      assert.deepEqual([claimed?.message, rest], ['{"content":"沪A12345"}', []]);
      await a.finish(begun, "the first has woken up too late");
      clock.advance(4_000);
      assert.ok(await b.claimKept("third", 3_000));
      clock.advance(4_000);
      const last = await a.claimKept("fourth", 3_000);
      assert.ok(last);
      clock.advance(2_000);
      await a.renew(last.lease);
      clock.advance(2_000);
      assert.equal((await b.begin(lease("o_kept:78", "x"))).state, "running");
      clock.advance(4_000);
      assert.equal(await b.claimKept("fifth", 3_000), null, "it has ended three processes");
      await a.finish(last.lease, null);
      assert.deepEqual(await b.begin(lease("o_kept:78", "x")), { state: "done", reply: null });
      assert.equal(await connections[0]?.collection("inbox").countDocuments({ kept: { $exists: true } }), 0);
    });

    it("lie in the order in which the platform numbered them, not at random", async () => {
      const [a] = await Promise.all(both((connection) => createInbox(connection, vault, now)));
      const orders = ["24215464571683647", "1790000000", "24215464571683648", "6054768590064713728"];
      const known = await idsOfInbox();
      const ids: string[] = [];
      for (const order of orders) {
        await a.begin({ ...lease("numbered", "h"), order });
        ids.push(...(await idsOfInbox()).filter((id) => ![...known, ...ids].includes(id)));
      }
      assert.deepEqual([...ids].sort(), [ids[1], ids[0], ids[2], ids[3]]);
    });

    it("writes neither who nor what in clear", async () => {
      const [a] = await Promise.all(both((connection) => createInbox(connection, vault, now)));
      await a.begin(lease("o_openid:77", "h"));
      await a.finish(lease("o_openid:77", "h"), "沪A12345");
      const stored = JSON.stringify(await connections[0]?.collection("inbox").find({}).toArray());
      assert.doesNotMatch(stored, /o_openid|沪A/);
    });
  });

  describe("of a person", () => {
    const people = () =>
      Promise.all(
        both((connection) =>
          createPeople({
            connection,
            vault,
            now,
            openings: SAY_WINDOWS,
            erased: { note: async () => {} },
            personCases: createPersonCases(connection, vault),
          }),
        ),
      );

    it("meets him once, however many messages arrive at once", async () => {
      const [a, b] = await people();
      const seen = await Promise.all([a, b, a, b, a].map((side) => admitted(side, "o_many")));
      assert.equal(new Set(seen.map(({ id }) => id)).size, 1);
      assert.deepEqual(await b.find(seen[0]?.id as string), {
        id: seen[0]?.id,
        openid: "o_many",
        language: "zh",
        choseLanguage: true,
        cases: [],
      });
    });

    it("opens the window of what he did, and counts it down to nothing over all processes", async () => {
      const [a, b] = await people();
      await admitted(a, "o_window");
      await a.see("o_window", "scan");
      const takes = await Promise.all(
        [0, 1, 2, 3, 4].map((at) => (at % 2 ? a : b).takeFrom("o_window", "brief", now().getTime())),
      );
      assert.equal(takes.filter(Boolean).length, 3);
      await a.see("o_window", "message");
      assert.equal((await b.windows("o_window")).message?.left, 5);
      await a.see("o_window");
      assert.equal((await b.windows("o_window")).message?.left, 5, "an event that opens nothing changes nothing");
      await b.closeWindows("o_window");
      assert.deepEqual(await a.windows("o_window"), {});
    });

    it("keeps what could not be said, in order, sealed, once", async () => {
      const [a, b] = await people();
      const { id } = await admitted(a, "o_unsaid");
      await a.keepUnsaid(id, "第一");
      await b.keepUnsaid(id, "第二", "第三");
      await b.keepUnsaid(id);
      assert.equal((await a.see("o_unsaid")).hasUnsaid, true);
      const stored = JSON.stringify(await connections[0]?.collection("people").findOne({ _id: id as never }));
      assert.doesNotMatch(stored, /第一|o_unsaid/);
      const taken = await Promise.all([a.takeUnsaid(id), b.takeUnsaid(id)]);
      assert.deepEqual(taken.flat(), ["第一", "第二", "第三"]);
      assert.equal((await a.see("o_unsaid")).hasUnsaid, undefined);
    });

    it("counts consents for each template, and a refusal ends them", async () => {
      const [a, b] = await people();
      const { id } = await admitted(a, "o_consent");
      await a.noteConsent(id, "template.1", "accept");
      await a.noteConsent(id, "template.1", "accept");
      assert.equal(await a.takeConsent(id, "template-2"), false);
      const takes = await Promise.all([a, b, a].map((side) => side.takeConsent(id, "template.1")));
      assert.equal(takes.filter(Boolean).length, 2);
      await a.noteConsent(id, "template.1", "accept");
      await b.noteConsent(id, "template.1", "reject");
      assert.equal(await a.takeConsent(id, "template.1"), false);
    });

    it("forgets what no case needs, or the person wholly", async () => {
      const [a] = await people();
      const { id } = await admitted(a, "o_forget");
      const details = { name: "张伟", plate: "沪A12345" } as never;
      await a.remember(id, details);
      assert.deepEqual(await a.lastDetails(id), details);
      await a.forget({ id }, { case: true });
      assert.equal(await a.lastDetails(id), null);
      assert.ok(await a.find(id));
      await a.forget({ id }, { case: false });
      assert.equal(await a.find(id), null);
    });
  });

  it("counts tries to their limit over all processes, and anew for the next window", async () => {
    const [a, b] = await Promise.all(both((connection) => createTries(connection)));
    const until = now().getTime() + 60_000;
    for (const key of ["join/x", ...MEETINGS]) {
      const tries = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((at) => (at % 2 ? a : b).count(key, 5, until)));
      assert.equal(tries.filter(Boolean).length, 5, key);
    }
    assert.equal(await a.count("join/x", 5, until + 60_000), true);
    assert.equal(await a.count("join/y", 5, until), true);
  });

  it("slides its window: what was counted just before goes on counting, over all processes", async () => {
    const [a, b] = await Promise.all(both((connection) => createTries(connection)));
    const window = { limit: 4, windowMs: 60_000 };
    const after = (seconds: number) => new Date(now().getTime() + seconds * 1_000);
    for (const key of ["slide/x", ...MEETINGS]) {
      const met = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => (n % 2 ? a : b).slide(key, window, after(50))));
      assert.equal(met.filter(Boolean).length, 4, key);
    }
    assert.equal(await a.hasRoom("slide/x", window, after(109)), false);
    assert.equal(await b.slide("slide/x", window, after(109)), false);
    assert.equal(await a.hasRoom("slide/x", window, after(110)), true);
    assert.equal(await b.slide("slide/x", window, after(110)), true);
    assert.equal(await b.slide("slide/y", window, after(50)), true);
  });

  it("tallies by parts of a window, over all processes, and takes back", async () => {
    const [a, b] = await Promise.all(both((connection) => createTries(connection)));
    const windowMs = 120_000;
    const spell = (seconds: number) => ({ windowMs, at: new Date(now().getTime() + seconds * 1_000) });
    for (const key of ["tally/x", ...MEETINGS]) {
      const met = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => (n % 2 ? a : b).tally(key, spell(0), 1)));
      assert.equal(Math.max(...met), 6, key);
      assert.equal(await a.tally(key, spell(0), 0), 6, "asking counts nothing");
    }
    assert.equal(await b.tally("tally/x", spell(60), 4), 10);
    assert.equal(await b.tally("tally/x", spell(60), -1), 9);
    assert.equal(await a.tally("tally/x", spell(119), 0), 9, "a part counts as long as any of it is in the window");
    assert.equal(await a.tally("tally/x", spell(134), 0), 3);
    assert.equal(await a.tally("tally/x", spell(194), 0), 0);
    assert.equal(await a.tally("tally/y", spell(60), 0), 0);
  });

  it("numbers without a gap and without a double over all processes", async () => {
    const counters = both(createCounters);
    for (const day of MEETINGS) {
      const numbers = await Promise.all([0, 1, 2, 3, 4, 5].map((at) => counters[at % 2]!.next(day)));
      assert.deepEqual(numbers.sort(), [1, 2, 3, 4, 5, 6], day);
    }
  });

  it("lets one of many say a notice", async () => {
    const notices = await Promise.all(both((connection) => createNotices(connection, now)));
    for (const id of MEETINGS) {
      const notice = { id, accidentId: "accident", code: "may-move" };
      const known = await Promise.all([0, 1, 2, 3, 4, 5].map((at) => notices[at % 2]!.begin(notice)));
      assert.equal(known.filter((record) => record === null).length, 1, id);
    }
  });

  it("leases the platform's token to one process at a time, and keeps it sealed", async () => {
    const [a, b] = both((connection) => createTokens(connection, vault, now));
    assert.equal(await a.get("access_token"), null);
    const leases = await Promise.all([a.lease("access_token", 1_000), b.lease("access_token", 1_000)]);
    assert.deepEqual([...leases].sort(), [false, true]);
    const [winner, loser] = leases[0] ? [a, b] : [b, a];
    const token = { value: "secret-token", expiresAt: 7, fetchedAt: 1 };
    await winner.save("access_token", token);
    await loser.release("access_token");
    assert.equal(await loser.lease("access_token", 1_000), false, "only the owner releases");
    await winner.release("access_token");
    assert.equal(await loser.lease("access_token", 1_000), true);
    clock.advance(1_001);
    assert.equal(await winner.lease("access_token", 1_000), true, "a dead owner's lease ends");
    assert.deepEqual(await loser.get("access_token"), token);
    assert.doesNotMatch(JSON.stringify(await connections[0]?.collection("tokens").find({}).toArray()), /secret-token/);
  });

  it("joins a notice and the platform's report of it, whichever comes first, once", async () => {
    const [a, b] = await Promise.all(both((connection) => createNotices(connection, now)));
    const notice = { id: "accident-1", accidentId: "accident", code: "may-move" };
    assert.equal(await a.begin(notice), null);
    assert.equal((await b.begin(notice))?.saying, true);
    await a.finish(notice.id, "template-message");
    const sides = await Promise.all([
      a.joinReport("200163836", { noticeId: notice.id }),
      b.joinReport("200163836", { ok: false, status: "failed:user block" }),
    ]);
    assert.ok(
      sides.some(({ noticeId, status }) => noticeId && status),
      "one of the two has both",
    );
    const outcome = { msgId: "200163836", ok: false, status: "failed:user block" };
    assert.deepEqual([await a.settle(notice.id, outcome), await b.settle(notice.id, outcome)], [true, false]);
    assert.equal((await a.find(notice.id))?.results?.length, 1);
  });
});
