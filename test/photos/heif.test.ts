import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import sharp from "sharp";
import { AppError } from "../../src/errors.ts";
import { createPhotos } from "../../src/photos/photos.ts";
import { HEIC_TILE, heicGrid, heicSaying, SHOWN_SIDE } from "../support/heic.ts";

const photos = createPhotos({ niceness: 0 });
after(() => photos.close());

const refused = (code: string, status: number) => (error: unknown) =>
  error instanceof AppError && error.code === code && error.status === status;
const scene = () =>
  sharp({
    create: { width: 640, height: 480, channels: 3, background: "#26a", noise: { type: "gaussian", sigma: 30 } },
  });
const avif = () =>
  scene()
    .withExif({ IFD0: { Make: "Phone" }, IFD2: { DateTimeOriginal: "2026:11:28 08:30:00" } })
    .avif({ quality: 60, effort: 0 })
    .toBuffer();

async function meanOf(picture: Buffer): Promise<number[]> {
  return (await sharp(picture).stats()).channels.map(({ mean }) => mean);
}

describe("HEIC and AVIF", () => {
  it("are told by their bytes, with the size of the picture", async () => {
    assert.deepEqual(photos.inspect(HEIC_TILE), { mime: "image/heic", width: SHOWN_SIDE, height: SHOWN_SIDE });
    assert.deepEqual(photos.inspect(heicGrid(150, 100)), { mime: "image/heic", width: 150, height: 100 });
    assert.deepEqual(photos.inspect(await avif()), { mime: "image/avif", width: 640, height: 480 });
  });

  it("get a copy and a thumbnail in JPEG, of one coded picture as of many tiles", async () => {
    const one = await photos.examine(HEIC_TILE);
    const many = await photos.examine(heicGrid(150, 100));
    assert.deepEqual([one.mime, one.width, one.height], ["image/heic", SHOWN_SIDE, SHOWN_SIDE]);
    assert.deepEqual([many.mime, many.width, many.height], ["image/heic", 150, 100]);
    assert.deepEqual(many.original, { width: 150, height: 100 });
    for (const made of [one.copy, one.thumb, many.copy, many.thumb])
      assert.equal((await sharp(made).metadata()).format, "jpeg");
    // the same tile twice, side by side
    const part = (left: number) => sharp(many.copy).extract({ left, top: 0, width: 64, height: 64 }).png().toBuffer();
    const [first, second] = [await meanOf(await part(0)), await meanOf(await part(64))];
    first.forEach((mean, channel) => {
      assert.ok(Math.abs(mean - second[channel]!) < 3, `${channel}: ${mean} ${second[channel]}`);
    });
    assert.ok(
      (await sharp(one.copy).stats()).channels.some(({ stdev }) => stdev > 1),
      "something is to be seen",
    );
  });

  it("of a large one the copy is made from tiles that were made smaller each by itself", async () => {
    const { width, height, original } = await photos.examine(heicGrid(3_200, 640));
    assert.deepEqual(original, { width: 3_200, height: 640 });
    assert.deepEqual([width, height], [1_344, 269]);
  });

  it("an AVIF's camera tells when it was taken", async () => {
    const { taken, copy } = await photos.examine(await avif());
    assert.equal(taken?.at?.toISOString(), "2026-11-28T00:30:00.000Z");
    assert.equal((await sharp(copy).metadata()).format, "jpeg");
  });

  it("cut short or scrambled, they are damaged, and the next one is fine", async () => {
    for (const whole of [HEIC_TILE, heicGrid(150, 100), await avif()]) {
      const cut = whole.subarray(0, Math.floor(whole.length * 0.9));
      assert.throws(() => photos.inspect(cut), refused("photo-damaged", 422));
      await assert.rejects(photos.examine(cut), refused("photo-damaged", 422));
    }
    const scrambled = Buffer.from(HEIC_TILE);
    scrambled.fill(0xa5, scrambled.length - 60);
    await photos.examine(scrambled).catch((error) => assert.ok(refused("photo-damaged", 422)(error)));
    assert.equal((await photos.examine(HEIC_TILE)).width, SHOWN_SIDE);
  });

  it("without tiles are refused by their header where the decoder would take too much memory", async () => {
    assert.throws(() => photos.inspect(heicSaying(8_000, 6_000)), refused("photo-too-many-pixels", 413));
    assert.throws(() => photos.inspect(heicSaying(60_000, 60_000)), refused("photo-too-many-pixels", 413));
    const tiled = heicGrid(150, 100);
    const saying = Buffer.from(tiled);
    saying.writeUInt32BE(7_000, tiled.indexOf("ispe") + 8);
    saying.writeUInt32BE(7_000, tiled.indexOf("ispe") + 12);
    assert.deepEqual(photos.inspect(saying), { mime: "image/heic", width: 7_000, height: 7_000 });
    // a picture that is smaller or larger than its header says is shown or damaged, and never more
    await photos.examine(heicSaying(4_000, 3_000)).catch((error) => assert.ok(refused("photo-damaged", 422)(error)));
  });

  it("of any other kind, such as a film, have a refusal of their own", () => {
    const film = Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from("ftypmsf1\0\0\0\0"), Buffer.alloc(400)]);
    assert.throws(() => photos.inspect(film), refused("photo-heic", 415));
  });
});
