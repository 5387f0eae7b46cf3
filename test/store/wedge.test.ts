import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Connection } from "mongoose";
import { DatabaseAway } from "../../src/errors.ts";
import { connect } from "../../src/store/connect.ts";
import { createInbox } from "../../src/store/inbox.ts";
import { latestCases } from "../../src/store/latest-cases.ts";
import { createPeople } from "../../src/store/people.ts";
import { createPersonCases } from "../../src/store/person-cases.ts";
import { createVault } from "../../src/store/vault.ts";
import { SAY_WINDOWS } from "../../src/wechat/api/quota.ts";
import { shiftedClock } from "../support/clocks.ts";
import { CuttingProxy, MOMENTS } from "../support/cutting-proxy.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

const AT_ONCE = 12;
const CUTS = 12;

describe("connections to the database that break", () => {
  const vault = createVault(randomBytes(32));
  const now = () => shiftedClock().now();
  let proxy: CuttingProxy;
  let connection: Connection;

  before(async () => {
    proxy = await CuttingProxy.start(await databaseUri());
    connection = await connect(proxy.uri, { limits: { commandMs: 8_000 } });
  });
  after(async () => {
    await connection.close();
    await proxy.close();
    await closeDatabase();
  });

  it("hold nobody up for good who shares a command, at whatever moment it is", async (t) => {
    const inbox = await createInbox(connection, vault, now);
    const people = await createPeople({
      connection,
      vault,
      now,
      openings: SAY_WINDOWS,
      erased: { note: async () => {} },
      personCases: createPersonCases(connection, vault),
    });
    const latest = latestCases(connection);
    const round = (name: string) =>
      Array.from({ length: AT_ONCE }, (_, at) => [
        people.see(`o_${name}_${at % 5}`, "message"),
        latest({ id: `p${at}`, cases: [{ id: `c${at}`, at: now() }] }),
        inbox.begin({ key: `${name}-${at}`, order: "1", isEncrypted: false, holder: "h", leaseMs: 3_000 }),
      ]).flat();
    const failed: unknown[] = [];
    for (let cut = 0; cut < CUTS; cut++) {
      const done = proxy.cutAt(1 + (cut % 7), MOMENTS[cut % 3] ?? "after");
      const first = Promise.allSettled(round(`a${cut}`));
      await Promise.race([done, first]);
      // Together with the break, as pushes are that come meanwhile.
      const outcomes = [...(await first), ...(await Promise.allSettled(round(`b${cut}`)))];
      failed.push(...outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : [])));
      proxy.spare();
      await Promise.all(round(`c${cut}`));
    }
    t.diagnostic(`${failed.length} failed`);
    for (const reason of failed) assert.ok(reason instanceof DatabaseAway, String(reason));
  });
});
