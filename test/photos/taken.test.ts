import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraDataOf } from "../../src/photos/taken.ts";

/**
 * EXIF with nothing but the time at which the picture was taken, as a camera of either byte order writes it.
 */
function exifWith(text: string, isLittle = false): Buffer {
  const tiff = Buffer.alloc(44 + text.length);
  const u16 = (value: number, at: number) => (isLittle ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (isLittle ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at));
  const entry = (at: number, [tag, type, count, value]: [number, number, number, number]) => {
    u16(tag, at);
    u16(type, at + 2);
    u32(count, at + 4);
    u32(value, at + 8);
  };
  tiff.write(isLittle ? "II" : "MM", "latin1");
  u16(42, 2);
  u32(8, 4);
  u16(1, 8);
  entry(10, [0x8769, 4, 1, 26]);
  u16(1, 26);
  entry(28, [0x9003, 2, text.length, 44]);
  tiff.write(text, 44, "latin1");
  return Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
}

const takenAt = (text: string, isLittle = false) => cameraDataOf(exifWith(text, isLittle)).taken?.at?.toISOString();

test("the time of a camera is read however it is padded and parted, in both byte orders", () => {
  const morning = "2026-11-28T00:30:05.000Z";
  for (const text of [
    "2026:11:28 08:30:05\0",
    "2026:11:28 08:30:05",
    "2026:11:28 08:30:05\0\0",
    "2026:11:28 08:30:05 \0",
    "2026:11:28 08:30:05\0\0\0\0\0\0",
    "2026-11-28 08:30:05\0",
    "2026/11/28 08:30:05\0",
    "2026-11-28T08:30:05.123\0",
    "2026.11.28 08.30.05\0",
  ]) {
    assert.equal(takenAt(text), morning, JSON.stringify(text));
    assert.equal(takenAt(text, true), morning, JSON.stringify(text));
  }
});

test("what no calendar and no clock shows, or no camera had, is no time", () => {
  for (const text of [
    "2026:11:28 18:60:19\0",
    "2026:02:30 08:30:05\0",
    "2026:13:01 08:30:05\0",
    "0000:00:00 00:00:00\0",
    "    :  :     :  :  \0",
    "1980:01:01 00:00:00\0",
    "28.11.2026 08:30:05\0",
    "",
  ]) {
    assert.equal(takenAt(text), undefined, JSON.stringify(text));
  }
});

test("EXIF that points nowhere says nothing", () => {
  const exif = exifWith("2026:11:28 08:30:05\0");
  for (let length = 0; length < exif.length - 1; length++) cameraDataOf(exif.subarray(0, length));
  exif.writeUInt32BE(0xffffff00, 6 + 4);
  assert.equal(cameraDataOf(exif).taken, null);
});
