import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { after, before, it } from "node:test";
import sharp from "sharp";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { rssMbOfTree } from "../bench/cpu-of-tree.ts";
import { hidden, Phone } from "../h5/phone.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { padded } from "../support/large-photo.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";

const DRIVERS = 40;
/** What the flood adds: two picture processes, what is held of the uploads and on its way to the disk, and the phones that this test plays besides. */
const MOST_MORE_MB = 500;
const BOUNDARY = "----flood";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

interface Upload {
  driver: Driver;
  slot: string;
  picture: Buffer;
}

interface Driver {
  phone: Phone;
  path: string;
  token: string;
}

async function driver(): Promise<Driver> {
  const phone = new Phone(app, `o_flood_${app.ctx.randomId(6)}`);
  const { location } = await phone.fill("/h5/start", { vehicles: "two", condition: "none", consent: "yes" });
  return { phone, path: location, token: hidden((await phone.get(location)).html, "_csrf") };
}

const partHead = (name: string, filename = "") =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename && `; filename="${filename}"`}\r\n\r\n`;

/** The picture goes out as it lies in memory: two hundred copies of it would be counted as the server's. */
async function send({ driver: { phone, path, token }, slot, picture }: Upload): Promise<IncomingMessage> {
  const start = Buffer.from(`${partHead("_csrf")}${token}\r\n${partHead(slot, "a.jpg")}`);
  const end = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const headers = {
    cookie: phone.jar.header(),
    accept: "application/json",
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    "content-length": String(start.length + picture.length + end.length),
  };
  const sent = request(new URL(path, app.url), { method: "POST", headers, agent: false });
  for (const part of [start, picture, end]) sent.write(part);
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  await answer.resume().toArray();
  return answer;
}

it("two hundred phones send twelve megapixels at once: memory is bounded, each is taken and there, or told to come back and not there", async () => {
  const pictures: Buffer[] = [];
  for (const slot of PHOTO_SLOTS) {
    const large = await sharp(SLOT_PHOTOS[slot]).resize(4032, 3024).jpeg({ quality: 80 }).toBuffer();
    pictures.push(padded(large, 1_200_000));
  }
  const drivers: Driver[] = [];
  for (let at = 0; at < DRIVERS; at++) drivers.push(await driver());
  const uploads = drivers.flatMap((one) =>
    PHOTO_SLOTS.map((slot, at): Upload => ({ driver: one, slot, picture: pictures[at]! })),
  );
  assert.equal(uploads.length, 200);

  const idleMb = await rssMbOfTree();
  let mostMb = idleMb;
  const watch = setInterval(async () => {
    mostMb = Math.max(mostMb, await rssMbOfTree());
  }, 200);
  const answers = await Promise.all(uploads.map(send));
  clearInterval(watch);

  const statuses = answers.map(({ statusCode }) => statusCode);
  // 408: on a machine that has other things to do, some were not even sent in time
  assert.deepEqual(
    [...new Set(statuses)].filter((status) => status !== 408).sort(),
    [200, 503],
    "some are taken, some must wait, none fails",
  );
  for (const { statusCode, headers } of answers) assert.equal(statusCode === 503, Number(headers["retry-after"]) > 0);
  assert.ok(mostMb - idleMb <= MOST_MORE_MB, `${idleMb} → ${mostMb} MB`);
  await assertKept(uploads, (at) => statuses[at] === 200);

  // whoever comes back, as he was told to, gets in
  const refused = uploads.filter((_, at) => statuses[at] === 503).slice(0, 5);
  for (const upload of refused) assert.equal((await send(upload)).statusCode, 200);
  assert.equal(/"level":(50|60)/.test(app.logged()), false, "and it is no fault of ours");
});

async function assertKept(uploads: Upload[], isTaken: (at: number) => boolean): Promise<void> {
  for (const [at, { driver: one, slot, picture }] of uploads.entries()) {
    const accident = await app.ctx.accidents.get(one.path.split("/")[3]!);
    const photo = accident.photos.find((known) => known.slot === slot);
    assert.equal(photo?.state, isTaken(at) ? "stored" : undefined, `${at} ${slot}`);
    // each tenth is read again to its last byte
    if (!photo || at % 10 > 0) continue;
    assert.equal(photo.sha256, createHash("sha256").update(picture).digest("hex"));
    assert.ok((await app.ctx.blobs.read(accident, photo.sha256!)).equals(picture));
  }
}
