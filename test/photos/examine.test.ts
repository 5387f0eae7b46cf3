import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, describe, it } from "node:test";
import sharp, { type Sharp } from "sharp";
import { hammingDistance } from "../../src/domain/image-hash.ts";
import { AppError } from "../../src/errors.ts";
import { createPhotos } from "../../src/photos/photos.ts";
import { photoOfADisplay } from "../support/photo-of-a-display.ts";

const photos = createPhotos({ niceness: 0 });
after(() => photos.close());

const sample = (name: string) => new URL(`../../../templates/simulator/samples/${name}.jpg`, import.meta.url);
const REAL = new URL("../../../../shared/photos/", import.meta.url);
/** Drawn ones everywhere, real ones where they are. */
const PICTURES: [string, URL][] = [
  ...["phone-1-scene", "phone-2-own-damage", "phone-1-own-plate"].map((name): [string, URL] => [name, sample(name)]),
  ...["sh-kt5583-8mp-front", "sh-b683j8-dark-garage", "ccpd-4-phone", "shan-ad2n68-far", "yue-br75y3-front"]
    .map((name): [string, URL] => [name, new URL(`${name}.jpg`, REAL)])
    .filter(([, url]) => existsSync(url)),
];

/** The ones that are made worse in every way: of each kind, by day and in the dark. */
const TREATED = PICTURES.filter(([name]) =>
  ["phone-1-scene", "phone-1-own-plate", "sh-b683j8-dark-garage"].includes(name),
);

/** No larger than is needed: each of the copies below is made from it. */
async function upright(url: URL, side = 1400): Promise<Sharp> {
  const { data, info } = await sharp(await readFile(url))
    .autoOrient()
    .resize(side, side, { fit: "inside", withoutEnlargement: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: info });
}
const examine = async (image: Sharp) => photos.examine(await image.jpeg({ quality: 90 }).toBuffer());

describe("a picture is still the same", () => {
  for (const [name, url] of TREATED) {
    it(`${name}: re-encoded, smaller, progressive, blurred or darker: hardly a bit; a little cut off: few`, async () => {
      const image = await upright(url);
      const { imageHash } = await photos.examine(await readFile(url));
      assert.match(imageHash, /^[0-9a-f]{16}$/);
      const distanceTo = async (other: Sharp) => hammingDistance(imageHash, (await examine(other)).imageHash);
      const worse = sharp(await image.clone().jpeg({ quality: 30, progressive: true }).toBuffer());
      assert.ok((await distanceTo(worse)) <= 2);
      assert.ok((await distanceTo(image.clone().resize(480, 480, { fit: "inside" }))) <= 6);
      assert.ok((await distanceTo(image.clone().blur(3))) <= 4);
      assert.ok((await distanceTo(image.clone().linear(0.6, 0))) <= 4);
      const { width, height } = await sharp(await image.clone().png({ compressionLevel: 1 }).toBuffer()).metadata();
      const inner = { left: width * 0.02, top: height * 0.02, width: width * 0.96, height: height * 0.96 };
      const cut = Object.fromEntries(Object.entries(inner).map(([side, px]) => [side, Math.round(px)]));
      assert.ok((await distanceTo(image.clone().extract(cut as typeof inner))) <= 10);
      assert.ok((await distanceTo(image.clone().flop())) > 16, "its mirror image is another picture");
    });

    it(`${name}: whichever way the phone was held`, async () => {
      const image = await upright(url, 800);
      const { imageHash, width, height } = await examine(image.clone());
      // what each orientation of EXIF undoes
      const turns: Record<number, (one: Sharp) => Sharp> = {
        2: (one) => one.flop(),
        3: (one) => one.rotate(180),
        4: (one) => one.flip(),
        6: (one) => one.rotate(270),
        8: (one) => one.rotate(90),
      };
      for (const [orientation, turn] of Object.entries(turns)) {
        const turned = await turn(image.clone())
          .withMetadata({ orientation: Number(orientation) })
          .jpeg({ quality: 90 })
          .toBuffer();
        const examined = await photos.examine(turned);
        assert.deepEqual([examined.width, examined.height], [width, height], orientation);
        assert.ok(hammingDistance(imageHash, examined.imageHash) <= 2, orientation);
        const { orientation: left = 1 } = await sharp(examined.copy).metadata();
        assert.equal(left, 1);
      }
    });

    it(`${name}: blur and darkness are measured, and nothing is said of screens`, async () => {
      const image = await upright(url);
      const scaled = image.clone().resize(1344, 1344, { fit: "inside", withoutEnlargement: true });
      const sharpOne = (await examine(scaled.clone())).measures;
      const blurred = (await examine(sharp(await scaled.clone().png({ compressionLevel: 1 }).toBuffer()).blur(6)))
        .measures;
      const dark = (await examine(scaled.clone().linear(0.12, 0))).measures;
      assert.ok(sharpOne.sharpness > 300 && blurred.sharpness < 20, `${sharpOne.sharpness} ${blurred.sharpness}`);
      assert.ok(dark.brightness < 25 && dark.highlights < 36 && dark.blackPermille > sharpOne.blackPermille);
      for (const measures of [sharpOne, blurred, dark]) {
        assert.deepEqual([measures.isScreen, measures.isScreenshot], [false, false]);
        for (const value of Object.values(measures)) if (typeof value === "number") assert.ok(Number.isInteger(value));
      }
    });
  }

  it("and no two of different things are alike", async () => {
    const hashes = await Promise.all(
      PICTURES.map(async ([, url]) => (await photos.examine(await readFile(url))).imageHash),
    );
    hashes.forEach((one, at) => {
      for (const other of hashes.slice(at + 1)) assert.ok(hammingDistance(one, other) >= 16, `${one} ${other}`);
    });
  });
});

describe("a picture of a picture", () => {
  const page = (width: number, height: number) => {
    const lines = Array.from({ length: 9 }, (_, at) => ({
      input: {
        create: {
          width: Math.round(width * (0.3 + (at % 4) / 10)),
          height: 24,
          channels: 3 as const,
          background: "#333",
        },
      },
      left: 60,
      top: Math.round((height / 10) * (at + 0.5)),
    }));
    return sharp({ create: { width, height, channels: 3, background: "#ededed" } }).composite(lines);
  };

  it("a screenshot is known by its shape and its plain rows, with or without loss", async () => {
    assert.equal((await photos.examine(await page(1080, 2400).png().toBuffer())).measures.isScreenshot, true);
    assert.equal((await examine(page(1170, 2532))).measures.isScreenshot, true);
    const shown = sharp(await readFile(sample("phone-1-scene"))).resize(1080, 2340, { fit: "cover" });
    assert.equal(
      (await photos.examine(await shown.clone().png().toBuffer())).measures.isScreenshot,
      true,
      "no camera writes PNG",
    );
    assert.equal((await examine(shown.clone())).measures.isScreenshot, false, "it cannot be told any more");
  });

  it("a screenshot is known by its own words", async () => {
    const image = sharp(await readFile(sample("phone-1-scene"))).withExif({ IFD2: { UserComment: "Screenshot" } });
    assert.equal((await examine(image)).measures.isScreenshot, true);
  });

  it("what a camera has signed is no screenshot, nor is a plain wall", async () => {
    const signed = page(1080, 2400).withExif({ IFD0: { Make: "HUAWEI", Model: "P60" } });
    assert.equal((await examine(signed)).measures.isScreenshot, false);
    assert.equal((await examine(page(1600, 1200))).measures.isScreenshot, false);
  });

  it("a display is known by its coloured dots, however the camera was held; noise of all colours is not one", async () => {
    const picture = await readFile(sample("phone-1-scene"));
    for (const [pitch, degrees] of [
      [1.35, 3],
      [3.1, 9],
    ] as const) {
      const shot = await photoOfADisplay(picture, { pitch, degrees, width: 1344, height: 1008 });
      assert.equal((await photos.examine(shot)).measures.isScreen, true, `${pitch} ${degrees}`);
    }
    const { data, info } = await sharp(picture).resize(1344, 1008).raw().toBuffer({ resolveWithObject: true });
    let seed = 1;
    for (let at = 0; at < data.length; at++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      data[at] = Math.max(0, Math.min(255, data[at]! + (seed >>> 26) - 32));
    }
    const noisy = sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
    assert.equal((await examine(noisy)).measures.isScreen, false);
  });
});

describe("what the camera wrote", () => {
  const withExif = async (exif: Parameters<Sharp["withExif"]>[0]) =>
    (await examine(sharp({ create: { width: 320, height: 240, channels: 3, background: "#888" } }).withExif(exif)))
      .taken;

  it("the time is China's, or that of the zone which it names", async () => {
    const at = "2026:11:23 08:30:05";
    assert.deepEqual(await withExif({ IFD2: { DateTimeOriginal: at } }), {
      at: new Date("2026-11-23T00:30:05Z"),
      position: null,
    });
    const abroad = await withExif({ IFD2: { DateTimeOriginal: at, OffsetTimeOriginal: "-07:00" } });
    assert.deepEqual(abroad?.at, new Date("2026-11-23T15:30:05Z"));
    const nonsense = await withExif({ IFD2: { DateTimeOriginal: at, OffsetTimeOriginal: "+99:00" } });
    assert.deepEqual(nonsense?.at, new Date("2026-11-23T00:30:05Z"));
  });

  it("a time that cannot be is none", async () => {
    for (const at of [
      "2015:06:17 18:60:19",
      "2026:02:30 08:00:00",
      "0000:00:00 00:00:00",
      "1970:01:01 00:00:00",
      "yesterday",
    ])
      assert.equal(await withExif({ IFD2: { DateTimeOriginal: at } }), null, at);
  });

  it("the place has its signs, and must be on the earth", async () => {
    const place = (lat: string, latRef: string, lng: string, lngRef: string) =>
      withExif({ IFD3: { GPSLatitude: lat, GPSLatitudeRef: latRef, GPSLongitude: lng, GPSLongitudeRef: lngRef } });
    const shanghai = await place("31/1 13/1 4944/100", "N", "121/1 28/1 2532/100", "E");
    assert.deepEqual(shanghai, { at: null, position: { lat: 31.2304, lng: 121.4737 } });
    assert.deepEqual((await place("33/1 30/1 0/1", "S", "70/1 30/1 0/1", "W"))?.position, { lat: -33.5, lng: -70.5 });
    assert.equal(await place("31/1 75/1 0/1", "N", "121/1 28/1 0/1", "E"), null);
    assert.equal(await place("95/1 0/1 0/1", "N", "121/1 28/1 0/1", "E"), null);
    assert.equal(await place("0/1 0/1 0/1", "N", "0/1 0/1 0/1", "E"), null, "what a phone writes that does not know");
    assert.equal(await place("31/0 0/0 0/0", "N", "121/1 28/1 0/1", "E"), null);
  });

  it("an EXIF that makes no sense does no harm", async () => {
    const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#888" } })
      .jpeg()
      .toBuffer();
    const entries = Buffer.alloc(60_000);
    entries.write("Exif\0\0II*\0", 0, "latin1");
    entries.writeUInt32LE(8, 10);
    entries.writeUInt16LE(5_000, 14);
    // each claims to be as long as all of it
    for (let at = 16; at + 12 <= entries.length; at += 12) {
      entries.writeUInt16LE(0x010e, at);
      entries.writeUInt16LE(2, at + 2);
      entries.writeUInt32LE(59_000, at + 4);
      entries.writeUInt32LE(20, at + 8);
    }
    const marker = Buffer.from([0xff, 0xe1, (entries.length + 2) >> 8, (entries.length + 2) & 255]);
    const hostile = Buffer.concat([jpeg.subarray(0, 2), marker, entries, jpeg.subarray(2)]);
    assert.equal((await photos.examine(hostile)).taken, null);
  });

  if (existsSync(REAL))
    it("of real photographs: the time that stands in them, none where it is nonsense", async () => {
      const takenOf = async (name: string) =>
        (await photos.examine(await readFile(new URL(`${name}.jpg`, REAL)))).taken;
      assert.deepEqual((await takenOf("sh-kt5583-8mp-front"))?.at, new Date("2015-04-22T15:35:59+08:00"));
      assert.equal(await takenOf("shan-ad2n68-far"), null);
      assert.equal(await takenOf("sh-b683j8-dark-garage"), null);
    });
});

describe("whatever is sent", () => {
  const original = async () => upright(PICTURES.at(-1)![1], 800);

  it("CMYK, 16 bits, progressive, grey and transparent pictures become ordinary ones", async () => {
    const image = await original();
    const kinds = {
      cmyk: image.clone().toColourspace("cmyk").jpeg(),
      deep: image.clone().toColourspace("rgb16").png(),
      progressive: image.clone().jpeg({ progressive: true }),
      grey: image.clone().toColourspace("b-w").jpeg(),
      transparent: image.clone().ensureAlpha(0.5).png(),
      palette: image.clone().png({ palette: true, colours: 64 }),
      webp: image.clone().webp({ lossless: true }),
    };
    for (const [name, kind] of Object.entries(kinds)) {
      const bytes = await kind.toBuffer();
      const { copy, thumb, measures } = await photos.examine(bytes);
      for (const made of [copy, thumb]) {
        const { format, depth, space, hasAlpha, exif, icc } = await sharp(made).metadata();
        assert.deepEqual([format, depth, hasAlpha, exif, icc], ["jpeg", "uchar", false, undefined, undefined], name);
        assert.ok(space === "srgb" || space === "b-w", name);
      }
      assert.ok(measures.sharpness > 50 && measures.brightness > 20, name);
    }
  });

  it("cut short at any place, it is damaged, and the next one is fine", async () => {
    const bytes = await (await original()).jpeg({ quality: 90 }).toBuffer();
    for (const part of [0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
      const cut = bytes.subarray(0, Math.round(bytes.length * part));
      await assert.rejects(
        photos.examine(cut),
        (error) => error instanceof AppError && error.code === "photo-damaged",
        String(part),
      );
    }
    assert.ok((await photos.examine(bytes)).copy.length > 0);
  });

  it("a page, an archive, a paper or an iPhone's HEIC under a picture's name are no pictures", async () => {
    const box = (type: string, body: string) => {
      const bytes = Buffer.from(`0000${type}${body}`, "latin1");
      bytes.writeUInt32BE(bytes.length, 0);
      return bytes;
    };
    const others = [
      box("ftyp", "heic\0\0\0\0mif1heic"),
      Buffer.from("PK\x03\x04\x14\0\0\0\x08\0photo.jpg", "latin1"),
      Buffer.from("%PDF-1.7\n%\xff\xd8\xff\n", "latin1"),
      Buffer.from("GIF89a\x01\0\x01\0\0\0\0;", "latin1"),
      Buffer.from("II*\0\x08\0\0\0\0\0", "latin1"),
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ];
    for (const bytes of others) {
      await assert.rejects(photos.examine(bytes), (error) => error instanceof AppError && error.status === 415);
    }
  });

  it("16,000² pixels in a few kilobytes are refused by their header: the rest of it is not even there", async () => {
    const small = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#888" } })
      .png()
      .toBuffer();
    const bomb = Buffer.from(small);
    bomb.writeUInt32BE(16_000, 16);
    bomb.writeUInt32BE(16_000, 20);
    bomb.writeInt32BE(crcOf(bomb.subarray(12, 29)), 29);
    await assert.rejects(
      photos.examine(bomb),
      (error) => error instanceof AppError && error.code === "photo-too-many-pixels",
    );
  });

  it("JPEG, page and archive in one: what is made of it is a picture and nothing else", async () => {
    const jpeg = await (await original()).jpeg().toBuffer();
    const remark = Buffer.from("\xff\xfe\x00\x1b<script>alert(1)</script>", "latin1");
    const archive = Buffer.from("PK\x03\x04hidden.exePK\x05\x06", "latin1");
    const { copy, thumb } = await photos.examine(
      Buffer.concat([jpeg.subarray(0, 2), remark, jpeg.subarray(2), archive]),
    );
    for (const bytes of [copy, thumb])
      for (const word of ["<script", "PK\x03\x04", "hidden"]) assert.equal(bytes.indexOf(word, 0, "latin1"), -1);
  });
});

function crcOf(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}
