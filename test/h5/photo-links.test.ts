import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { withParty } from "../../src/domain/party.ts";
import type { StoredPhoto } from "../../src/domain/photo.ts";
import { FILE_LINK_LIFE_S, fileLinks } from "../../src/h5/file-links.ts";
import { PHOTO_LINK_LIFE_S, PHOTO_SIZES, type PhotoSize, photoLinks } from "../../src/h5/photo-links.ts";
import { stampText } from "../../src/h5/times.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { asStored } from "../support/stored-photos.ts";
import { type Driver, driverOf, openPair, type Pair } from "./settle-driver.ts";

let app: TestApp;
let pair: Pair;
/** of another case, with photographs of the same driver */
let other: Pair;
let photo: StoredPhoto;
let original: Buffer;

const SECRET = "Camera of Zhang Wei";

/** A picture as a phone makes it: with the camera, the time and the place inside. */
async function pictureWithExif(): Promise<Buffer> {
  const noise = { create: { width: 1600, height: 1200, channels: 3, background: "#888", noise: NOISE } } as const;
  const exif = {
    IFD0: { Make: SECRET },
    IFD2: { DateTimeOriginal: "2026:11:23 10:00:00" },
    IFD3: { GPSLatitudeRef: "N", GPSLatitude: "31/1 14/1 0/1", GPSLongitudeRef: "E", GPSLongitude: "121/1 29/1 0/1" },
  };
  return sharp(noise).withExif(exif).jpeg().toBuffer();
}
const NOISE = { type: "gaussian", mean: 128, sigma: 60 } as const;

before(async () => {
  app = await startApp();
  pair = await openPair(app);
  other = await openPair(app);
  original = await pictureWithExif();
  for (const { id } of [pair, other])
    await addPhoto(app.ctx, { accidentId: id, letter: "A", slot: "extra", bytes: original, source: "form" });
  const { photos } = await app.ctx.accidents.get(pair.id);
  photo = asStored(photos.at(-1));
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** As a page makes it for that driver. */
const linkFor = (driver: Driver, accidentId: string, size: PhotoSize, photoId = photo.id) =>
  photoLinks(app.ctx, { personId: driver.person.id, accidentId }).url(photoId, size);

/** As the case page makes it: for another program, which has no session. */
const handoutFor = (driver: Driver, accidentId: string, photoId: string) =>
  fileLinks(app.ctx, { accidentId, letter: "A", personId: driver.person.id }).url(`photos/${photoId}/handout`);

async function fetched(driver: Driver | null, link: string) {
  const cookie = driver ? `kc=${driver.cookie.value}` : "";
  const headers = { accept: "text/html,image/*", cookie };
  const response = await fetch(app.url + link, { headers, redirect: "manual" });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

const isPicture = (bytes: Buffer) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));

for (const size of PHOTO_SIZES) {
  describe(`the ${size} of a photograph`, () => {
    it("is for both drivers of the case, by a link of their own", async () => {
      for (const driver of [pair.A, pair.B]) {
        const { status, headers, bytes } = await fetched(driver, linkFor(driver, pair.id, size));
        assert.equal(status, 200);
        assert.ok(isPicture(bytes));
        const named = ["content-type", "x-content-type-options", "cache-control"].map((name) => headers.get(name));
        assert.deepEqual(named, ["image/jpeg", "nosniff", "no-store"]);
        assert.match(String(headers.get("content-security-policy")), /^default-src 'none'; .*sandbox$/);
      }
    });

    it("is for nobody else, and by no other link", async () => {
      const { A, B } = pair;
      const stranger = other.A;
      const good = linkFor(A, pair.id, size);
      const [path = "", query = ""] = good.split("?");
      const changed = (from: RegExp, to: string) => good.replace(from, to);
      const farOff = Math.floor(app.clock.now().getTime() / 1000) + PHOTO_LINK_LIFE_S + 60;
      const another = PHOTO_SIZES.find((one) => one !== size) as PhotoSize;
      const tries: [string, Driver | null, string, number][] = [
        ["B with A's link", B, good, 403],
        ["A with B's link", A, linkFor(B, pair.id, size), 403],
        ["a stranger with A's link", stranger, good, 404],
        ["a stranger with a link of his own for this case", stranger, linkFor(stranger, pair.id, size), 404],
        ["a stranger in his own case with this photograph", stranger, linkFor(stranger, other.id, size), 404],
        ["nobody", null, good, 303],
        ["without a signature", A, path, 403],
        ["with an empty signature", A, changed(/signature=.*/, "signature="), 403],
        ["with a foreign signature", A, changed(/signature=.*/, `signature=${"A".repeat(43)}`), 403],
        ["with the signature twice", A, `${good}&signature=x`, 403],
        ["with the end put off", A, changed(/expires=\d+/, `expires=${farOff}`), 403],
        ["with no number for its end", A, changed(/expires=\d+/, "expires=soon"), 403],
        ["with the signature of another size", A, `${path}?${linkFor(A, pair.id, another).split("?")[1]}`, 403],
        [
          "with the signature of another photograph",
          A,
          linkFor(A, pair.id, size, "x").replace("/x/", `/${photo.id}/`),
          403,
        ],
        ["with the signature of another case", A, `${path}?${linkFor(A, other.id, size).split("?")[1]}`, 403],
        ["a photograph that is not there", A, linkFor(A, pair.id, size, "nowhere"), 404],
        ["the original", A, `${path.replace(/\w+$/, "original")}?${query}`, 404],
      ];
      for (const [what, driver, link, status] of tries) {
        const answer = await fetched(driver, link);
        assert.deepEqual([what, answer.status, isPicture(answer.bytes)], [what, status, false]);
      }
    });

    it("carries nothing of what the camera wrote into it", async () => {
      const { bytes } = await fetched(pair.A, linkFor(pair.A, pair.id, size));
      const { exif, xmp, iptc, icc, format } = await sharp(bytes).metadata();
      assert.deepEqual(
        { exif, xmp, iptc, format },
        { exif: undefined, xmp: undefined, iptc: undefined, format: "jpeg" },
      );
      assert.ok(!icc?.includes(SECRET));
      assert.ok(!bytes.includes(SECRET) && !bytes.includes("Exif"));
    });
  });
}

describe("the links", () => {
  it("run out after a quarter of an hour, and the page makes them anew", async () => {
    const thumbs = async () => {
      const { html } = await pair.B.get("");
      return [...html.matchAll(/src="(\/h5\/[^"]+\/thumb\?[^"]+)"/g)].map(([, link]) =>
        String(link).replace("&amp;", "&"),
      );
    };
    const [old = ""] = (await thumbs()).slice(-1);
    assert.equal((await fetched(pair.B, old)).status, 200);
    app.clock.advance((PHOTO_LINK_LIFE_S + 1) * 1000);
    const late = await fetched(pair.B, old);
    assert.equal(late.status, 403);
    assert.match(late.bytes.toString(), /照片链接已过期/);
    const [fresh = ""] = (await thumbs()).slice(-1);
    assert.equal((await fetched(pair.B, fresh)).status, 200);
  });

  it("stand under what each driver calls the cars: the one's own is the other's other", async () => {
    const namesFor = async (driver: Driver) => {
      const { html } = await driver.get("");
      return [...html.matchAll(/handout\?[^>]+><img[^>]+><span>([^<]+)</g)].map(([, name]) => name);
    };
    assert.deepEqual(await namesFor(pair.A), ["两车全景", "我车受损处", "对方受损处", "我的车牌", "对方车牌", "其他"]);
    assert.deepEqual(await namesFor(pair.B), ["两车全景", "对方受损处", "我车受损处", "对方车牌", "我的车牌", "其他"]);
  });

  it("of the page lead to a copy for handing out, marked with number, time and place, under a name in both scripts", async () => {
    const { html } = await pair.A.get("");
    const links = [...html.matchAll(/href="(\/h5\/[^"]+\/handout\?[^"]+)"/g)].map(([, link]) => String(link));
    assert.equal(links.length, 6);
    const handout = await fetched(pair.A, String(links.at(-1)).replace("&amp;", "&"));
    const { number } = await app.ctx.accidents.get(pair.id);
    assert.equal(
      handout.headers.get("content-disposition"),
      `inline; filename="${number}-6.jpg"; filename*=UTF-8''${number}-6-${encodeURIComponent("其他")}.jpg`,
    );
    const copy = await fetched(pair.A, linkFor(pair.A, pair.id, "copy"));
    const [marked, plain] = await Promise.all(
      [handout.bytes, copy.bytes].map((bytes) => sharp(bytes).raw().toBuffer({ resolveWithObject: true })),
    );
    assert.deepEqual([marked?.info.width, marked?.info.height], [plain?.info.width, plain?.info.height]);
    const changed = marked?.data.reduce(
      (sum, value, at) => sum + Number(Math.abs(value - Number(plain?.data[at])) > 60),
      0,
    );
    assert.ok(Number(changed) > 2_000, `${changed} samples differ`);
    assert.ok(handout.bytes.equals(await markedWith(number, copy.bytes, ["延安东路近外滩"])));
  });

  it("of a case whose road nobody has written carry what the phone said, or nothing", async () => {
    const { number, photos } = await app.ctx.accidents.get(other.id);
    const photoId = String(photos.at(-1)?.id);
    const copy = await fetched(other.A, linkFor(other.A, other.id, "copy", photoId));
    const at = { lat: 31.2333, lng: 121.46671, crs: "WGS-84" as const, accuracyM: 10 };
    for (const [position, lines] of [
      [{ ...at, label: null }, ["31.23330, 121.46671 (WGS-84)"]],
      [{ ...at, label: "人民大道" }, ["人民大道"]],
      [null, []],
    ] as const) {
      await app.ctx.accidents.change(other.id, (accident) => ({
        accident: { ...accident, scene: { ...accident.scene, address: null, positions: { A: position, B: null } } },
        events: [],
      }));
      const { bytes } = await fetched(other.A, handoutFor(other.A, other.id, photoId));
      assert.ok(bytes.equals(await markedWith(number, copy.bytes, lines)), String(lines));
    }
  });

  async function markedWith(number: string, copy: Buffer, place: readonly string[]): Promise<Buffer> {
    const t = app.ctx.render.words("zh");
    const slot = t("h5.case.watermark.slot.extra");
    const time = stampText(photo.receivedAt);
    const lines = [t("h5.case.watermark.number", { number, slot }), t("h5.case.watermark.received", { time })];
    return app.ctx.photos.watermark(copy, [...lines, ...place]);
  }
});

describe("a link for another program", () => {
  it("opens the copy for handing out without a session, for ten minutes, and nothing else by it", async () => {
    const link = handoutFor(pair.A, pair.id, photo.id);
    const { status, bytes, headers } = await fetched(null, link);
    assert.deepEqual([status, isPicture(bytes), headers.get("cache-control")], [200, true, "no-store"]);
    const [path = "", query = ""] = link.split("?");
    for (const [what, other] of [
      ["no signature", path],
      ["a foreign signature", link.replace(/signature=.*/, `signature=${"A".repeat(43)}`)],
      ["another end", link.replace(/expires=\d+/, "expires=99999999999")],
      ["the other driver's letter", link.replace("/A/photos/", "/B/photos/")],
      ["nobody's letter", link.replace("/A/photos/", "/C/photos/")],
      ["another file", `/h5/files/${pair.id}/A/agreement.pdf?${query}`],
      ["another case", link.replace(pair.id, "nowhere")],
    ] as const) {
      const refused = await fetched(null, other);
      assert.deepEqual([what, refused.status, isPicture(refused.bytes)], [what, 403, false]);
    }
    const [own, others] = [pair.A, pair.B].map(({ person }) => driverOf(app, pair.id, person)) as [Driver, Driver];
    app.clock.advance((FILE_LINK_LIFE_S + 1) * 1000);
    for (const whose of [null, others]) {
      const late = await fetched(whose, link);
      assert.equal(late.status, 403);
      assert.match(late.bytes.toString(), /文件链接已过期/);
    }
    const renewed = await fetched(own, link);
    assert.equal(renewed.status, 303, "on the driver's own open page it works still");
    assert.equal((await fetched(null, renewed.headers.get("location") ?? "")).status, 200);
  });
});

describe("the original", () => {
  it("is kept byte for byte under its SHA-256, with the time and the way it came", async () => {
    const { ctx } = app;
    const accident = await ctx.accidents.get(pair.id);
    assert.ok(photo.sha256);
    const kept = await ctx.blobs.read(accident, photo.sha256);
    assert.ok(kept.equals(original));
    assert.ok(kept.includes(SECRET), "EXIF and all");
    const { source, bytes, mime, receivedAt } = photo;
    assert.deepEqual({ source, bytes, mime }, { source: "form", bytes: original.length, mime: "image/jpeg" });
    assert.ok(receivedAt instanceof Date);
  });

  it("goes to an insurer only, by the link in his claim", async () => {
    const { ctx, url } = app;
    const link = ctx.insurers.evidence.url(pair.id, photo.sha256).replace(app.config.publicUrl, url);
    assert.equal((await fetch(link)).status, 404, "its driver has allowed nothing yet");
    const signature = { contentDigest: "", imageSha256: "", forwarding: true, signedAt: app.clock.now() };
    await ctx.accidents.change(pair.id, (accident) => ({
      accident: withParty(accident, "A", { signature }),
      events: [],
    }));
    const response = await fetch(link);
    assert.equal(response.status, 200);
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(original));
    for (const derived of [photo.copySha256, photo.thumbSha256])
      assert.equal((await fetch(ctx.insurers.evidence.url(pair.id, derived))).status, 404);
  });
});
