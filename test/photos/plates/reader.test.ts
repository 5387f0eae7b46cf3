import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import sharp from "sharp";
import type { AppError } from "../../../src/errors.ts";
import { rasterOf } from "../../../src/photos/ocr/raster.ts";
import { createPlateReader } from "../../../src/photos/plates/reader.ts";
import { PAINTED_KINDS, STRANGE_KINDS } from "../../bench/plates/plate-kinds.ts";
import { type PaintedScene, paintScene } from "../../bench/plates/scene.ts";

const reader = createPlateReader({ niceness: 0 });
after(() => reader.close());

const kind = (name: string) => PAINTED_KINDS.find((one) => one.name === name)!;
const SEED = 3;
const scenes = new Map<string, Promise<PaintedScene>>();
/** painted once, however many tests look at it */
const scene = (name: string): Promise<PaintedScene> => {
  const painted = scenes.get(name) ?? paintScene(kind(name), SEED, null);
  scenes.set(name, painted);
  return painted;
};

for (const { name } of PAINTED_KINDS) {
  test(`a ${name} plate painted on a car is read`, async () => {
    const { plate, bytes } = await scene(name);
    const reading = await reader.read(bytes);
    assert.equal(reading?.best?.plate, plate);
    const { x, y, width, height } = reading!.best!.box;
    assert.ok(width > 50 && height > 15 && x + width <= 1000 && y + height <= 1000);
    assert.ok([x, y, width, height, reading!.best!.gap].every(Number.isInteger));
  });
}

for (const strange of STRANGE_KINDS) {
  test(`nothing of a ${strange.name} plate is taken as read`, async () => {
    const { bytes } = await paintScene(strange, SEED, null);
    const { best, others } = (await reader.read(bytes))!;
    assert.ok(![best, ...others].some((one) => one?.sure));
  });
}

for (const [name, hidden] of [
  ["blue", 0],
  ["blue", 4],
  ["nev-small", 5],
] as const) {
  test(`a ${name} plate with its character ${hidden + 1} covered is asked for`, async () => {
    const { bytes } = await paintScene(kind(name), SEED, null, hidden);
    assert.ok(!(await reader.read(bytes))?.best?.sure);
  });
}

test("a picture turned by its orientation tag is read upright, and its box is that of the upright picture", async () => {
  const { plate, bytes } = await scene("blue");
  const turned = await sharp(bytes).rotate(90).withMetadata({ orientation: 8 }).toBuffer();
  const [upright, tagged] = [await reader.read(bytes), await reader.read(turned)];
  assert.equal(tagged?.best?.plate, plate);
  assert.ok(Math.abs(tagged!.best!.box.x - upright!.best!.box.x) < 15);
});

test("of several plates the largest whole one is the best, the others are kept", async () => {
  const first = await scene("blue");
  const raster = await rasterOf(first.bytes, 1_344);
  const above = { raster, middle: { x: 600, y: 270 }, plateWidth: 420, light: 1 };
  const larger = await paintScene(kind("nev-small"), SEED, above);
  const both = await reader.read(larger.bytes);
  assert.equal(both?.best?.plate, larger.plate);
  assert.deepEqual(
    both?.others.map(({ plate }) => plate),
    [first.plate],
  );
  const cut = await paintScene(kind("nev-small"), SEED, { ...above, middle: { x: 1_060, y: 270 } });
  const whole = await reader.read(cut.bytes);
  assert.equal(whole?.best?.plate, first.plate);
  assert.ok(whole?.others.every(({ sure }) => !sure));
});

test("a picture without a plate has none; PNG and WebP are read as JPEG is", async () => {
  const plain = await sharp({ create: { width: 800, height: 600, channels: 3, background: "#667" } })
    .jpeg()
    .toBuffer();
  assert.deepEqual(await reader.read(plain), { best: null, others: [] });
  const { plate, bytes } = await scene("nev-small");
  for (const format of ["png", "webp"] as const) {
    const reading = await reader.read(await sharp(bytes).toFormat(format).toBuffer());
    assert.equal(reading?.best?.plate, plate, format);
  }
});

test("what is no picture, or a damaged one, is refused with its reason", async () => {
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic"), Buffer.alloc(2_000)]);
  const refused = (bytes: Buffer, code: string, status: number) =>
    assert.rejects(reader.read(bytes), (error: AppError) => error.code === code && error.status === status);
  await refused(heic, "photo-heic", 415);
  await refused(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "not-an-image", 415);
  const { bytes } = await scene("blue");
  await refused(bytes.subarray(0, bytes.length / 2), "photo-damaged", 422);
  const garbled = Buffer.from(bytes);
  garbled.fill(0xff, 200, garbled.length - 2);
  await refused(garbled, "photo-damaged", 422);
});

test("switched off, or without the packages, there is no reader: nothing is read and nothing fails", async () => {
  const { bytes } = await scene("blue");
  const off = createPlateReader({ isOn: false });
  const without = createPlateReader({ script: new URL("./stand-in-process.js", import.meta.url) });
  for (const none of [off, without]) {
    assert.equal(await none.isAvailable(), false);
    assert.equal(await none.read(bytes), null);
    assert.equal(await none.readLicence(bytes, "driving-licence"), null);
    await none.close();
  }
});

// a few real photographs, where their folder is beside the project
const PHOTOS = new URL("../../../../../shared/photos/", import.meta.url);
for (const [file, plate] of [
  ["ccpd-0-phone.jpg", "皖A195K9"],
  ["sh-d71603-plate-closeup.jpg", "沪D71603"],
  ["shan-ad2n68-far.jpg", "陕AD2N68"],
  // the office letter O; at a steep tilt
  ["plates-2/n115.jpg", "粤OA2160"],
  ["plates-2/n013.jpg", "川A019W2"],
] as const) {
  const url = new URL(file, PHOTOS);
  if (!existsSync(url)) continue;
  test(`the photograph ${file} is read for sure`, async () => {
    const reading = await reader.read(await readFile(url));
    assert.deepEqual([reading?.best?.plate, reading?.best?.sure], [plate, true]);
  });
}

const YELLOW_GREEN = new URL("plates-2/n018.jpg", PHOTOS);
if (existsSync(YELLOW_GREEN)) {
  test("a photographed plate that shines yellow-green is asked for", async () => {
    const reading = await reader.read(await readFile(YELLOW_GREEN));
    assert.notEqual(reading?.best?.sure, true);
  });
}
