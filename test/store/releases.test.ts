import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Connection } from "mongoose";
import { connect } from "../../src/store/connect.ts";
import { createReleases } from "../../src/store/releases.ts";
import { standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

const DAY_MS = 24 * 3600 * 1000;

let connection: Connection;
before(async () => {
  connection = await connect(await databaseUri());
});
after(async () => {
  await connection.close();
  await closeDatabase();
});

const releaseOf = (hash: string) => ({
  hash,
  files: [
    { path: "page.js", bytes: Buffer.from([0, 1, 2, 255]) },
    { path: "h5/lights.svg", bytes: Buffer.from(`<svg id="${hash}"/>`) },
  ],
});

describe("releases", () => {
  it("are given back as they were kept, by two processes at once too; an unknown one is null", async () => {
    const releases = createReleases(connection, () => new Date());
    await Promise.all([1, 2, 3].map(() => releases.keep(releaseOf("aa"))));
    assert.deepEqual(await releases.find("aa"), releaseOf("aa"));
    assert.equal(await releases.find("ab"), null);
  });

  it("stay a week after they were replaced, however long they ran before", async () => {
    const clock = standingClock();
    const releases = createReleases(connection, clock.now);
    await releases.keep(releaseOf("old"));
    clock.advance(60 * DAY_MS);
    await releases.keep(releaseOf("new"));
    clock.advance(6 * DAY_MS);
    await releases.keep(releaseOf("new"));
    assert.ok(await releases.find("old"));
    clock.advance(2 * DAY_MS);
    await releases.keep(releaseOf("new"));
    assert.equal(await releases.find("old"), null);
    assert.ok(await releases.find("new"));
  });

  it("that come back count as running again", async () => {
    const clock = standingClock();
    const releases = createReleases(connection, clock.now);
    for (const hash of ["one", "two", "one"]) await releases.keep(releaseOf(hash));
    clock.advance(8 * DAY_MS);
    await releases.keep(releaseOf("three"));
    assert.ok(await releases.find("one"));
    assert.equal(await releases.find("two"), null);
  });
});
