import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { AppError, Busy } from "../../src/errors.ts";
import { decode } from "../../src/photos/decoder.ts";
import { inspect } from "../../src/photos/inspect.ts";
import { refusalIn, refusalOf } from "../../src/photos/lane/refusal.ts";

const picture = (width = 320, height = 240) =>
  sharp({
    create: { width, height, channels: 3, background: "#888", noise: { type: "gaussian", mean: 128, sigma: 40 } },
  });
const jpeg = () => picture().jpeg().toBuffer();
const decoded = (bytes: Buffer) => decode(bytes, (image) => image.raw().toBuffer());
const isDamaged = (error: unknown) => error instanceof AppError && error.code === "photo-damaged";
const isTooLarge = (error: unknown) => error instanceof AppError && error.code === "photo-too-many-pixels";

/** What writers do that every viewer takes. */
const HARMLESS: Record<string, (bytes: Buffer) => Buffer> = {
  "a JFIF version of 2": (bytes) => {
    const jfif = Buffer.from("\xff\xe0\x00\x10JFIF\x00\x02\x01\x00\x00\x01\x00\x01\x00\x00", "latin1");
    return Buffer.concat([bytes.subarray(0, 2), jfif, bytes.subarray(2)]);
  },
  "a number for its colours that Adobe never defined": (bytes) => {
    const adobe = Buffer.from("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x02", "latin1");
    return Buffer.concat([bytes.subarray(0, 2), adobe, bytes.subarray(2)]);
  },
  "no end marker": (bytes) => bytes.subarray(0, bytes.length - 2),
};

describe("a JPEG of which libjpeg only warns", () => {
  for (const [name, change] of Object.entries(HARMLESS)) {
    it(`${name}: it is shown, and damaged where more is missing`, async () => {
      const whole = await jpeg();
      const odd = change(whole);
      inspect(odd);
      assert.equal((await decoded(odd)).length, (await decoded(whole)).length);
      await assert.rejects(decoded(odd.subarray(0, Math.floor(odd.length * 0.6))), isDamaged);
    });
  }
});

describe("what takes too long", () => {
  it("is Busy, at both ends of the pipe, and never a damaged picture", async () => {
    const bytes = await jpeg();
    const late = decode(bytes, () => Promise.reject(new Error("timeout: 12% complete")));
    const error = await late.then(assert.fail, (thrown: unknown) => thrown);
    assert.ok(error instanceof Busy);
    const told = refusalIn({ head: JSON.parse(JSON.stringify(refusalOf(error))), parts: [] });
    assert.ok(told instanceof Busy);
    assert.equal(told.details["retryAfterS"], error.details["retryAfterS"]);
  });
});

/** The beginning and the end of a PNG with 16 bits for each of four channels. */
function pngHeader(width: number, height: number, interlace: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([16, 6, 0, 0, interlace], 8);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([start, chunk("IHDR", head), chunk("IEND", Buffer.alloc(0))]);
}

describe("what a decoder would have to hold whole", () => {
  it("an interlaced PNG and a progressive JPEG are refused by their header where that is too much", async () => {
    const sized = (bytes: Buffer, width: number, height: number) => {
      const at = bytes.indexOf(Buffer.from([0xff, 0xc2]));
      const copy = Buffer.from(bytes);
      copy.writeUInt16BE(height, at + 5);
      copy.writeUInt16BE(width, at + 7);
      return copy;
    };
    const progressive = await picture().jpeg({ progressive: true, chromaSubsampling: "4:2:0" }).toBuffer();
    inspect(sized(progressive, 7_000, 7_000));
    const full = await picture().jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer();
    assert.throws(() => inspect(sized(full, 7_000, 7_000)), isTooLarge);
    inspect(sized(full, 4_000, 3_000));
    assert.throws(() => inspect(pngHeader(6_000, 5_000, 1)), isTooLarge);
    inspect(pngHeader(6_000, 5_000, 0));
    inspect(pngHeader(4_000, 3_000, 1));
  });
});
