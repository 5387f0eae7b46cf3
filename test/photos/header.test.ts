import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { AppError } from "../../src/errors.ts";
import { formatOf, isWhole, sizeOf } from "../../src/photos/header/image-format.ts";
import { createPhotos } from "../../src/photos/photos.ts";
import { listSamples } from "../../src/simulator/samples/samples.ts";
import { childrenOf } from "../support/process-facts.ts";

const photos = createPhotos({ readPlates: true });
after(() => photos.close());

const picture = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: "#557799" } });
const jpegOf = (width = 64, height = 48) => picture(width, height).jpeg().toBuffer();
const pngOf = (width = 64, height = 48) => picture(width, height).png().toBuffer();

/** A change of the bytes; the original stays. */
function changed(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

/** Another header in a PNG, with the check sum that fits. */
const withHeader = (png: Buffer, change: (copy: Buffer) => void) =>
  changed(png, (copy) => {
    change(copy);
    copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  });

const sized = (png: Buffer, width: number, height: number) =>
  withHeader(png, (copy) => {
    copy.writeUInt32BE(width, 16);
    copy.writeUInt32BE(height, 20);
  });

/** Position of the frame's segment, after its marker. */
const frameIn = (jpeg: Buffer) => jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 2;

const framed = (jpeg: Buffer, width: number, height: number) =>
  changed(jpeg, (copy) => {
    copy.writeUInt16BE(height, frameIn(jpeg) + 3);
    copy.writeUInt16BE(width, frameIn(jpeg) + 5);
  });

/** Bytes put in before the frame's marker. */
const before = (jpeg: Buffer, bytes: Buffer) =>
  Buffer.concat([jpeg.subarray(0, frameIn(jpeg) - 2), bytes, jpeg.subarray(frameIn(jpeg) - 2)]);

const animation = (frames: number) =>
  sharp(
    Buffer.alloc(40 * 40 * 3 * frames).map((_, at) => Math.floor(at / 4800) * 7),
    {
      raw: { width: 40, height: 40 * frames, channels: 3, pageHeight: 40 },
    },
  )
    .webp()
    .toBuffer();

/** A WebP with an extended header, whose canvas is at bytes 24 to 29. */
const extendedWebp = () =>
  picture(64, 48)
    .ensureAlpha(0.5)
    .withExif({ IFD0: { Model: "phone" } })
    .webp()
    .toBuffer();

type Case = [name: string, bytes: Buffer, code: string, status: number];

async function bombs(): Promise<Case[]> {
  const [jpeg, png, webp, extended] = await Promise.all([
    jpegOf(),
    pngOf(),
    picture(64, 48).webp().toBuffer(),
    extendedWebp(),
  ]);
  const frame = jpeg.subarray(frameIn(jpeg) - 2, frameIn(jpeg) + jpeg.readUInt16BE(frameIn(jpeg)));
  const ftyp = (brand: string) => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}`), jpeg]);
  const large = ["photo-too-many-pixels", 413] as const;
  const odd = ["photo-damaged", 422] as const;
  return [
    ["a PNG of 65,535² pixels", sized(png, 65_535, 65_535), ...large],
    ["a PNG of 2³¹ − 1 pixels a side", sized(png, 0x7fffffff, 0x7fffffff), ...large],
    ["a PNG of one row of 50 million", sized(png, 50_000_000, 1), ...large],
    ["a JPEG whose frame says 65,535²", framed(jpeg, 65_535, 65_535), ...large],
    ["a WebP whose frame says 16,383²", changed(webp, (copy) => copy.writeUInt32LE(0x3fff3fff, 26)), ...large],
    ["a PNG without width", sized(png, 0, 48), ...odd],
    ["a PNG with a wrong check sum", changed(png, (copy) => copy.writeUInt32BE(7_000, 16)), ...odd],
    ["a PNG with a depth of 3", withHeader(png, (copy) => copy.writeUInt8(3, 24)), ...odd],
    ["a PNG with a compression of its own", withHeader(png, (copy) => copy.writeUInt8(1, 26)), ...odd],
    ["a PNG that begins with its pixels", changed(png, (copy) => copy.write("IDAT", 12)), ...odd],
    ["a JPEG with a small frame before the large one", before(jpeg, frame), ...odd],
    ["a JPEG that tells its height later", framed(jpeg, 64, 0), ...odd],
    ["a JPEG without a frame", changed(jpeg, (copy) => copy.writeUInt8(0xfe, frameIn(jpeg) - 1)), ...odd],
    ["a lossless JPEG", changed(jpeg, (copy) => copy.writeUInt8(0xc3, frameIn(jpeg) - 1)), ...odd],
    ["an arithmetic JPEG", changed(jpeg, (copy) => copy.writeUInt8(0xc9, frameIn(jpeg) - 1)), ...odd],
    ["a JPEG of 200 components", changed(jpeg, (copy) => copy.writeUInt8(200, frameIn(jpeg) + 7)), ...odd],
    ["a JPEG sampled by 15", changed(jpeg, (copy) => copy.writeUInt8(0xff, frameIn(jpeg) + 9)), ...odd],
    ["a JPEG with a segment of no length", before(jpeg, Buffer.from([0xff, 0xfe, 0, 0])), ...odd],
    ["a JPEG that begins twice", before(jpeg, Buffer.from([0xff, 0xd8])), ...odd],
    ["a WebP with a canvas of one pixel", changed(extended, (copy) => copy.fill(0, 24, 30)), ...odd],
    ["a WebP with a canvas of 2⁴⁸ pixels", changed(extended, (copy) => copy.fill(0xff, 24, 30)), ...odd],
    ["a WebP that is no key frame", changed(webp, (copy) => copy.writeUInt8(copy[20]! | 1, 20)), ...odd],
    ["a WebP of 200 frames", await animation(200), "not-an-image", 415],
    ["an HEIC without a picture", ftyp("heic"), "photo-heic", 415],
    ["an AVIF without a picture", ftyp("avif"), "photo-heic", 415],
    ["a video", ftyp("isom"), "not-an-image", 415],
  ];
}

const refusal = (code: string, status: number) => (error: unknown) =>
  error instanceof AppError && error.code === code && error.status === status;
const dataUrl = (bytes: Buffer) => `data:image/png;base64,${bytes.toString("base64")}`;

describe("the header of a picture", () => {
  it("tells the size that the decoder finds, of every kind that phones write", async () => {
    const turned = picture(700, 300).withMetadata({ orientation: 6 });
    const made = [
      jpegOf(701, 333),
      turned.clone().jpeg().toBuffer(),
      picture(701, 333).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer(),
      picture(701, 333).toColourspace("cmyk").jpeg().toBuffer(),
      picture(701, 333).greyscale().toColourspace("b-w").jpeg().toBuffer(),
      pngOf(701, 333),
      picture(701, 333).png({ palette: true, progressive: true }).toBuffer(),
      picture(701, 333).toColourspace("rgb16").png().toBuffer(),
      picture(701, 333).webp().toBuffer(),
      picture(701, 333).webp({ lossless: true }).toBuffer(),
      picture(701, 333).ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
      picture(701, 333).withIccProfile("p3").webp().toBuffer(),
      turned.clone().webp().toBuffer(),
      extendedWebp(),
    ];
    const samples = listSamples().map(({ file }) => sharp(fileURLToPath(file)).webp().toBuffer());
    for (const bytes of await Promise.all([...made, ...samples])) {
      const { width, height, format } = await sharp(bytes).metadata();
      assert.deepEqual(photos.inspect(bytes), { mime: `image/${format}`, width, height });
    }
  });

  it("is passed over a thumbnail, stray bytes and fillers to the frame that is decoded", async () => {
    const [jpeg, small] = await Promise.all([jpegOf(), jpegOf(16, 16)]);
    const inside = Buffer.concat([Buffer.from([0xff, 0xe1]), Buffer.alloc(2), small]);
    inside.writeUInt16BE(small.length + 2, 2);
    for (const more of [inside, Buffer.from([0, 7, 0xff, 0, 0xff, 0xd0]), Buffer.alloc(500, 0xff)])
      assert.deepEqual(photos.inspect(before(jpeg, more)), { mime: "image/jpeg", width: 64, height: 48 });
  });

  it("cut or changed anywhere is read to an end, and to nothing but a size or a refusal", async () => {
    for (const bytes of [
      await jpegOf(),
      await pngOf(),
      await picture(64, 48).webp().toBuffer(),
      await extendedWebp(),
    ]) {
      const mime = formatOf(bytes)!;
      for (let at = 0; at < Math.min(bytes.length, 400); at++) {
        const cut = bytes.subarray(0, at);
        if (sizeOf(cut, mime)) assert.ok(at >= 30, "only with the whole header");
        if (at >= 12 && mime !== "image/jpeg") assert.ok(!isWhole(cut, mime));
        for (const value of [0, 1, 0x7f, 0xff]) {
          const size = sizeOf(
            changed(bytes, (copy) => copy.writeUInt8(value, at)),
            mime,
          );
          if (size) assert.ok(size.width > 0 && size.height > 0);
        }
      }
    }
  });
});

describe("a picture that is too large or odd by its header", () => {
  it("is refused at every door with its reason, and no process with a decoder is even started", async () => {
    for (const [name, bytes, code, status] of await bombs()) {
      const refused = refusal(code, status);
      assert.throws(() => photos.inspect(bytes), refused, name);
      await assert.rejects(photos.examine(bytes), refused, name);
      await assert.rejects(photos.plates.read(bytes), refused, name);
      await assert.rejects(photos.plates.readLicence(bytes, "driving-licence"), refused, name);
      await assert.rejects(photos.signatureImage(dataUrl(bytes), "person"), AppError, name);
    }
    const png = await pngOf();
    await assert.rejects(
      photos.signatureImage(dataUrl(sized(png, 65_535, 65_535)), "person"),
      refusal("signature-too-large", 413),
    );
    await assert.rejects(
      photos.signatureImage(dataUrl(sized(png, 0, 48)), "person"),
      refusal("signature-not-a-png", 422),
      "person",
    );
    if (process.platform === "linux") assert.deepEqual(childrenOf(process.pid), []);
    // the same doors do start one for a picture
    assert.equal((await photos.examine(png)).original.width, 64);
    if (process.platform === "linux") assert.equal(childrenOf(process.pid).length, 1);
  });
});

describe("the server's own process", () => {
  it("has no decoder of pictures in it", async () => {
    const isDecoderIn = async (file: string) => {
      const module = new URL(`../../src/${file}`, import.meta.url).href;
      const ask = `await import("${module}"); process.stdout.write(process.report.getReport().sharedObjects.join()); process.exit();`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", ask]);
      assert.match(stdout, /./);
      return /sharp|vips/i.test(stdout);
    };
    assert.equal(await isDecoderIn("server.js"), false);
    assert.equal(await isDecoderIn("photos/decoder.js"), true);
  });
});
