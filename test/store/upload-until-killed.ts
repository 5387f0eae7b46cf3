import { randomBytes } from "node:crypto";
import { createBlobs } from "../../src/store/blobs.ts";
import { connect } from "../../src/store/connect.ts";
import { createVault } from "../../src/store/vault.ts";

/**
 * A process that stores picture after picture, and prints the names of each once it is told that they are
 * safe, until it is killed.
 */
const [uri = "", key = ""] = process.argv.slice(2);
const connection = await connect(uri);
const vault = createVault(Buffer.from(key, "hex"));
const settings = { storage: "gridfs", bucket: null, scrub: { perMinute: 1, everyDays: 1 } } as const;
const blobs = await createBlobs(connection, { vault, now: () => new Date(), settings });
for (;;) {
  const names = await blobs.saveAll({ id: "killed", key: Buffer.from(key, "hex") }, [
    { bytes: randomBytes(3_000_000), kind: "original" },
    { bytes: randomBytes(200_000), kind: "copy" },
    { bytes: randomBytes(10_000), kind: "thumb" },
  ]);
  process.stdout.write(`${names.join(" ")}\n`);
}
