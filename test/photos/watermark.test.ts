import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, it } from "node:test";
import sharp from "sharp";
import { AppError } from "../../src/errors.ts";
import { createPhotos } from "../../src/photos/photos.ts";

const photos = createPhotos({ niceness: 0 });
after(() => photos.close());

const LINES = ["事故 KC20261123-000042 · 两车全景", "2026-11-23 15:05 收到", "延安东路近西藏中路 <script>&"];
const sample = new URL("../../../templates/simulator/samples/phone-1-scene.jpg", import.meta.url);

/**
 * Share of the pixels that differ visibly, in the upper half (the slanted line) and in the lowest tenth (the
 * strip).
 */
async function changed(before: Buffer, marked: Buffer): Promise<{ upper: number; lowest: number }> {
  const [one, other] = await Promise.all([before, marked].map((bytes) => sharp(bytes).greyscale().raw().toBuffer()));
  const share = (from: number, to: number) => {
    let count = 0;
    for (let at = from; at < to; at++) if (Math.abs(one![at]! - other![at]!) > 12) count++;
    return count / (to - from);
  };
  const { length } = one!;
  return { upper: share(0, Math.floor(length / 2)), lowest: share(Math.floor(length * 0.9), length) };
}

it("the lines stand on a strip below and faintly over the whole picture; nothing of the camera is left", async () => {
  const { copy, width, height } = await photos.examine(await readFile(sample));
  const marked = await photos.watermark(copy, LINES);
  const { format, exif, icc, xmp, ...size } = await sharp(marked).metadata();
  assert.deepEqual(
    [format, exif, icc, xmp, size.width, size.height],
    ["jpeg", undefined, undefined, undefined, width, height],
  );
  const { upper, lowest } = await changed(copy, marked);
  assert.ok(upper > 0.01 && upper < 0.2, `${upper}`);
  assert.ok(lowest > 0.6, `${lowest}`);
  const others = await photos.watermark(copy, [LINES[0]!, "2026-11-23 15:06 收到", LINES[2]!]);
  assert.ok(!others.equals(marked), "every character is drawn");
});

it("any picture takes any lines: none, long ones, marks of control, a picture of a few pixels", async () => {
  for (const [width, height] of [
    [1344, 1008],
    [240, 320],
    [16, 9],
  ] as const) {
    const copy = await sharp({ create: { width, height, channels: 3, background: "#777" } })
      .jpeg()
      .toBuffer();
    for (const lines of [[], ["\u202e\u0000"], ["长".repeat(500), "b & <b>", ...Array<string>(20).fill("c")]]) {
      const { width: seen, height: high } = await sharp(await photos.watermark(copy, lines)).metadata();
      assert.deepEqual([seen, high], [width, height]);
    }
  }
  await assert.rejects(
    photos.watermark(Buffer.from("no picture"), LINES),
    (error) => error instanceof AppError && error.status === 422,
  );
});
