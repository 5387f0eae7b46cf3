import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { AppError } from "../../src/errors.ts";
import { allowPhotosOnly } from "../../src/photos/decoder.ts";
import { examine } from "../../src/photos/examine.ts";
import { COPY_SIDE, MAX_PHOTO_BYTES, MAX_SIGNATURE_BYTES, SIGNATURE_BOX, THUMB_SIDE } from "../../src/photos/limits.ts";
import { createPhotos } from "../../src/photos/photos.ts";
import { listSamples } from "../../src/simulator/samples/samples.ts";

const photos = createPhotos({ niceness: 0 });
after(() => photos.close());

const refused = (code: string, status: number) => (error: unknown) => {
  assert.ok(error instanceof AppError, String(error));
  assert.deepEqual([error.code, error.status], [code, status]);
  return true;
};

/** Left half red, right half blue. */
function halves(width: number, height: number): Sharp {
  const right = { create: { width: Math.floor(width / 2), height, channels: 3 as const, background: "#0000ff" } };
  return sharp({ create: { width, height, channels: 3, background: "#ff0000" } }).composite([
    { input: right, left: Math.ceil(width / 2), top: 0 },
  ]);
}

async function colourAt(jpeg: Buffer, x: number, y: number): Promise<"red" | "blue"> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return data[at]! > data[at + 2]! ? "red" : "blue";
}

/** A whole and valid PNG of one grey: few bytes, many pixels. */
function flatPng(side: number, pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    start,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("JPEG, PNG and WebP are known by their content and measured as they are seen", async () => {
  const image = halves(640, 480);
  assert.deepEqual(photos.inspect(await image.clone().jpeg().toBuffer()), {
    mime: "image/jpeg",
    width: 640,
    height: 480,
  });
  assert.equal(photos.inspect(await image.clone().png().toBuffer()).mime, "image/png");
  assert.equal(photos.inspect(await image.clone().webp().toBuffer()).mime, "image/webp");
  const turned = await image.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer();
  assert.deepEqual(photos.inspect(turned), { mime: "image/jpeg", width: 640, height: 480 });
  const { mime, original } = await photos.examine(turned);
  assert.deepEqual([mime, original], ["image/jpeg", { width: 480, height: 640 }]);
});

test("anything else is refused with 415, whatever it calls itself", async () => {
  const image = halves(64, 64);
  const others: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    program: Buffer.concat([Buffer.from("MZ"), Buffer.alloc(4000)]),
    page: Buffer.from("<!doctype html><script>alert(1)</script>"),
    drawing: Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    ),
    gif: await image.clone().gif().toBuffer(),
    tiff: await image.clone().tiff().toBuffer(),
    paper: Buffer.from("%PDF-1.7\n1 0 obj<<>>endobj\n"),
    riff: Buffer.from("RIFF\x10\x00\x00\x00WAVEfmt                   "),
  };
  for (const [name, bytes] of Object.entries(others)) {
    assert.throws(() => photos.inspect(bytes), refused("not-an-image", 415), name);
  }
});

test("the loaders of every other format are closed in the decoder itself", async () => {
  allowPhotosOnly();
  const image = halves(64, 64);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  for (const bytes of [svg, await image.clone().gif().toBuffer(), await image.clone().tiff().toBuffer()]) {
    await assert.rejects(examine(bytes), refused("photo-damaged", 422));
  }
});

test("more than 12 MB, and more than 50 million pixels, are refused with 413 before anything is decoded", async () => {
  const jpeg = await halves(64, 64).jpeg().toBuffer();
  const heavy = Buffer.concat([jpeg, Buffer.alloc(MAX_PHOTO_BYTES)]);
  assert.throws(() => photos.inspect(heavy), refused("photo-too-large", 413));
  const line = 1 + Math.ceil(7100 / 8);
  const bomb = flatPng(7100, Buffer.alloc(line * 7100));
  assert.ok(bomb.length < 20_000, "a small file");
  assert.throws(() => photos.inspect(bomb), refused("photo-too-many-pixels", 413));
  await assert.rejects(photos.examine(bomb), AppError);
  // its pixels are not even there: the header alone was read
  assert.throws(() => photos.inspect(flatPng(20_000, Buffer.alloc(10))), refused("photo-too-many-pixels", 413));
});

test("a picture that stops before its end is damaged, by its structure and by the decoder", async () => {
  const noise = sharp({
    create: {
      width: 900,
      height: 700,
      channels: 3,
      background: "#888",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });
  const whole = {
    jpeg: await noise.clone().jpeg().toBuffer(),
    png: await noise.clone().png().toBuffer(),
    webp: await noise.clone().webp().toBuffer(),
  };
  for (const [name, bytes] of Object.entries(whole)) {
    for (const part of [0.02, 0.5, 0.97]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part));
      // of a JPEG only the decoder knows: some writers leave out its end marker
      if (name !== "jpeg") {
        assert.throws(() => photos.inspect(cut), refused("photo-damaged", 422), `${name} ${part}`);
      }
      await assert.rejects(photos.examine(cut), refused("photo-damaged", 422), `${name} ${part}`);
    }
  }
  const scrambled = Buffer.from(whole.jpeg).fill(
    Buffer.from([0xff, 0xc4, 0x12, 0xff, 0xda]),
    Math.floor(whole.jpeg.length / 2),
    whole.jpeg.length - 2,
  );
  await assert.rejects(photos.examine(scrambled), refused("photo-damaged", 422));
});

test("a picture held sideways comes out upright, the copy within 1,344 pixels and never enlarged", async () => {
  const sideways = await halves(3000, 2000).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const { copy, thumb, width, height } = await photos.examine(sideways);
  assert.deepEqual([width, height], [896, COPY_SIDE]);
  assert.equal(await colourAt(copy, 448, 100), "red");
  assert.equal(await colourAt(copy, 448, 1244), "blue");
  assert.equal(await colourAt(thumb, 100, 20), "red");
  const small = await sharp(thumb).metadata();
  assert.deepEqual([small.format, small.width, small.height], ["jpeg", 213, THUMB_SIDE]);
  const own = await photos.examine(await halves(200, 100).png().toBuffer());
  assert.deepEqual([own.width, own.height], [200, 100]);
});

test("nothing of EXIF, position, colour profile or comments is left in the derivatives", async () => {
  const original = await halves(1600, 1200)
    .withExif({
      IFD0: { Copyright: "secret-owner", Model: "secret-phone" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "31/1 13/1 49/1" },
    })
    .withIccProfile("p3")
    .jpeg()
    .toBuffer();
  const before = await sharp(original).metadata();
  assert.ok(before.exif && before.icc, "the original carries them");
  const { copy, thumb } = await photos.examine(original);
  for (const bytes of [copy, thumb]) {
    const { exif, icc, xmp, iptc, orientation } = await sharp(bytes).metadata();
    assert.deepEqual([exif, icc, xmp, iptc, orientation], [undefined, undefined, undefined, undefined, undefined]);
    for (const word of ["Exif", "secret", "GPS", "ICC_PROFILE"]) assert.equal(bytes.indexOf(word), -1, word);
  }
});

test("what hides behind a picture does not get into the derivatives", async () => {
  const jpeg = await halves(800, 600).jpeg().toBuffer();
  const remark = Buffer.from("\xff\xfe\x00\x1b<script>alert(1)</script>", "latin1");
  const archive = Buffer.from("PK\x03\x04hidden.exe PK\x05\x06", "latin1");
  const polyglot = Buffer.concat([jpeg.subarray(0, 2), remark, jpeg.subarray(2), archive]);
  assert.equal(photos.inspect(polyglot).mime, "image/jpeg");
  const { copy, thumb } = await photos.examine(polyglot);
  for (const bytes of [copy, thumb]) {
    for (const word of ["<script", "PK\x03\x04", "hidden"]) assert.equal(bytes.indexOf(word, 0, "latin1"), -1);
  }
});

test("transparent and grey pictures become ordinary JPEGs", async () => {
  const clear = sharp({ create: { width: 90, height: 60, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
  const { copy } = await photos.examine(await clear.png().toBuffer());
  const { data } = await sharp(copy).raw().toBuffer({ resolveWithObject: true });
  assert.ok(data[0]! > 250, "on white");
  const grey = await halves(90, 60).greyscale().toColourspace("b-w").png().toBuffer();
  assert.equal((await photos.examine(grey)).width, 90);
});

const dataUrl = (png: Buffer) => `data:image/png;base64,${png.toString("base64")}`;

/** A pad of 900 × 420 with strokes through the given points. */
async function pad(points: [number, number][], background = "rgba(0,0,0,0)"): Promise<Buffer> {
  const [width, height] = [900, 420];
  const raw = Buffer.alloc(width * height * 4);
  if (background === "white") raw.fill(255);
  for (const [x, y] of points) {
    for (let dy = -3; dy <= 3; dy++) {
      for (let dx = -3; dx <= 3; dx++) raw.set([20, 20, 40, 255], ((y + dy) * width + x + dx) * 4);
    }
  }
  return sharp(raw, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}

const scrawl = Array.from({ length: 2000 }, (_, i): [number, number] => {
  const t = i / 2000;
  return [Math.round(200 + 300 * t), Math.round(200 + 80 * Math.sin(t * 25))];
});

test("a signature is re-encoded, grey on white, cut to its strokes", async () => {
  for (const background of ["rgba(0,0,0,0)", "white"]) {
    const image = await photos.signatureImage(dataUrl(await pad(scrawl, background)), "person");
    const { format, width, height, channels, hasAlpha } = await sharp(image).metadata();
    assert.deepEqual([format, channels, hasAlpha], ["png", 1, false]);
    assert.ok(width <= SIGNATURE_BOX.width && height <= SIGNATURE_BOX.height);
    assert.ok(width > 300 && width < 380 && height > 170 && height < 220, `${width} × ${height}`);
  }
});

test("signatures of one person are worked on one after the other, also behind one that is refused", async () => {
  const [drawn, empty] = [dataUrl(await pad(scrawl)), dataUrl(await pad([]))];
  const ended: string[] = [];
  const sign = (person: string, name: string, url: string) =>
    photos.signatureImage(url, person).then(
      () => ended.push(name),
      () => ended.push(`${name} refused`),
    );
  await Promise.all([sign("person", "1", drawn), sign("person", "2", empty), sign("person", "3", drawn)]);
  assert.deepEqual(ended, ["1", "2 refused", "3"]);
});

test("an empty pad, a dot, a filled field and no picture at all are not signatures", async () => {
  const filled = await sharp({ create: { width: 300, height: 150, channels: 3, background: "black" } })
    .png()
    .toBuffer();
  for (const png of [await pad([]), await pad([], "white"), await pad([[400, 200]]), filled]) {
    await assert.rejects(photos.signatureImage(dataUrl(png), "person"), (error: unknown) => {
      refused("signature-empty", 422)(error);
      assert.equal((error as AppError).details.field, "signature");
      return true;
    });
  }
  await assert.rejects(photos.signatureImage("", "person"), refused("signature-empty", 422));
});

test("only a PNG data URL of at most 300 kB is taken, and every refusal names the field", async () => {
  const png = await pad(scrawl);
  const jpeg = await halves(300, 150).jpeg().toBuffer();
  const wrong = [
    "hello",
    `data:image/svg+xml;base64,${png.toString("base64")}`,
    `data:image/png;base64,${png.toString("base64")}\n`,
    "data:image/png;base64,<svg onload=alert(1)>",
    dataUrl(jpeg),
    dataUrl(png.subarray(0, png.length / 2)),
  ];
  for (const text of wrong) {
    await assert.rejects(photos.signatureImage(text, "person"), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual([error.code, error.status, error.details.field], ["signature-not-a-png", 422, "signature"]);
      return true;
    });
  }
  await assert.rejects(
    photos.signatureImage(dataUrl(flatPng(2100, Buffer.alloc(10))), "person"),
    refused("signature-too-large", 413),
  );
  const long = dataUrl(Buffer.alloc(MAX_SIGNATURE_BYTES + 10));
  await assert.rejects(photos.signatureImage(long, "person"), refused("signature-too-large", 413));
});

test("the sample photos of the stand-in phones pass as photographs, small and all different", async () => {
  const samples = listSamples();
  const bytes = await Promise.all(samples.map(({ file }) => readFile(file)));
  for (const photo of bytes) {
    assert.deepEqual(photos.inspect(photo), { mime: "image/jpeg", width: 1600, height: 1200 });
    assert.ok(photo.length <= 120 * 1024);
  }
  assert.equal(new Set(bytes.map((photo) => photo.toString("latin1"))).size, 10);
});
