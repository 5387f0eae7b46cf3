import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadUploads } from "../bench/uploads.ts";
import { largePhoto, padded } from "../support/large-photo.ts";

/**
 * Most memory that one server may hold; the embedded database's mapped file is the system's to keep or drop.
 */
const MOST_MB = 600;
/** Two pieces with few pixels: this tests the crowd; `npm run bench:uploads` uses twelve megapixels. */
const PICTURE_BYTES = 300 * 1024;

describe("two hundred phones that send a picture at the same moment", () => {
  it("all get it there, once and to the last bit, and the server holds no more than its bound", async () => {
    const picture = padded(await largePhoto({ width: 640, height: 480 }), PICTURE_BYTES);
    const ways = ["pieces", "whole", "form"] as const;
    const load = await loadUploads({ count: 200, picture, ways, calm: true });
    assert.deepEqual(load.faults, []);
    assert.ok(load.sentAway > 0, "nobody was ever sent away: the load was too small to say anything");
    assert.ok(load.ownMb <= MOST_MB, `${load.ownMb} MB`);
  });
});
