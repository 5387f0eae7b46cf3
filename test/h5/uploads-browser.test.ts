import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page, Request, Route } from "playwright-core";
import sharp from "sharp";
import { startApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { closeDatabase } from "../support/database.ts";
import { another, largePhoto, padded } from "../support/large-photo.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { piecesOf, sha256Of } from "./upload-phone.ts";

let app: TestApp;
let browser: Browser;
let middling: Buffer;
let count = 0;
/** Five pieces, few pixels. */
const MIDDLING_BYTES = 1_100_000;
before(async () => {
  [app, browser, middling] = await Promise.all([
    startApp(),
    launchBrowser(),
    largePhoto({ width: 800, height: 600 }).then((picture) => padded(picture, MIDDLING_BYTES)),
  ]);
});
after(async () => {
  await browser.close();
  await app.stop();
  await closeDatabase();
});

interface OnPhotos {
  page: Page;
  id: string;
  /** what has gone to the server so far, such as "PUT 3" */
  sent: string[];
}

/** A phone on the page of the photographs; `without` takes from its browser what an old one does not have. */
async function onPhotos(without = ""): Promise<OnPhotos> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  await context.addInitScript(without);
  const openid = `oQueue${String(++count).padStart(22, "0")}`;
  await context.addCookies([{ name: "phone", value: openid, url: app.url }]);
  const page = await context.newPage();
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/uploads")) sent.push(nameOf(request));
  });
  await page.goto(`${app.url}/h5/start`);
  for (const tick of await page.getByRole("checkbox").all()) await tick.check();
  await page.getByRole("button", { name: "没有人受伤，车能开，继续" }).last().click();
  await page.waitForURL("**/photos");
  return { page, id: page.url().split("/").at(-2)!, sent };
}

const nameOf = (request: Request) =>
  `${request.method()} ${/\/uploads\/\w{64}\/(\d+)$/.exec(request.url())?.[1] ?? ""}`.trim();
const choose = (page: Page, slot: string, buffer: Buffer) =>
  page.locator(`input[name=${slot}]`).setInputFiles({ name: `${slot}.jpg`, mimeType: "image/jpeg", buffer });
const state = (page: Page, slot: string, is: string) => page.locator(`[data-slot=${slot}][data-state=${is}]`).waitFor();
const photosOf = async (id: string) => storedPhotos(await app.ctx.accidents.get(id));
const kept = async (id: string) => {
  const accident = await app.ctx.accidents.get(id);
  return Promise.all(storedPhotos(accident).map(({ sha256 }) => app.ctx.blobs.read(accident, sha256)));
};

const TOO_MANY = { code: "too-many-requests", message: "操作过于频繁，请稍后再试" };

describe("the queue of pictures", () => {
  it("goes on from the piece that is missing when the network comes back", async () => {
    const { page, id, sent } = await onPhotos();
    const picture = another(middling);
    const last = piecesOf(picture).length - 1;
    const cut = async (route: Route) => {
      await page.context().setOffline(true);
      await route.abort("internetdisconnected");
    };
    await page.route("**/uploads/*/2", cut, { times: 1 });
    await choose(page, "scene", picture);
    await state(page, "scene", "waiting");
    await page.getByText("照片已存在本机").waitFor();
    sent.length = 0;
    await page.context().setOffline(false);
    await state(page, "scene", "stored");
    const rest = Array.from({ length: last - 1 }, (_, n) => `PUT ${n + 2}`);
    assert.deepEqual(sent, ["GET", ...rest, "POST"]);
    assert.ok((await kept(id))[0]?.equals(picture));
    await page.context().close();
  });

  it("goes on after the page was closed and opened again", async () => {
    const { page, id, sent } = await onPhotos();
    const picture = another(middling);
    await page.route("**/uploads/*/3", (route) => route.abort());
    await choose(page, "scene", picture);
    await state(page, "scene", "waiting");
    const address = page.url();
    await page.close();
    const again = await page.context().newPage();
    again.on("request", (request) => request.url().includes("/uploads") && sent.push(nameOf(request)));
    sent.length = 0;
    await again.goto(address);
    await state(again, "scene", "stored");
    assert.deepEqual(sent.slice(0, 2), ["GET", "PUT 3"]);
    const [bytes, ...others] = await kept(id);
    assert.deepEqual(others, []);
    assert.ok(bytes?.equals(picture));
    await page.context().close();
  });

  it("asks again when an answer is lost, when a stranger answers and when the server is full: one picture", async () => {
    const { page, id } = await onPhotos();
    const answers: ((route: Route) => Promise<unknown>)[] = [
      (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<h1>Welcome to the hotel</h1>" }),
      (route) => route.fulfill({ status: 503, headers: { "retry-after": "1" }, json: { error: { code: "busy" } } }),
      (route) => route.fulfill({ status: 429, headers: { "retry-after": "1" }, json: { error: TOO_MANY } }),
      async (route) => {
        await route.fetch();
        await route.abort();
      },
    ];
    let turn = 0;
    await page.route(/\/uploads\/\w{64}$/, (route) => {
      const answer = route.request().method() === "POST" ? answers[turn++] : undefined;
      return answer ? answer(route) : route.continue();
    });
    await choose(page, "scene", another(middling));
    for (const [n] of answers.entries()) {
      await state(page, "scene", "waiting");
      if (n === 2) await page.getByText(TOO_MANY.message).waitFor();
      await page.evaluate('dispatchEvent(new Event("online"))');
    }
    await state(page, "scene", "stored");
    assert.equal(turn, answers.length + 1);
    assert.equal((await photosOf(id)).length, 1);
    await page.context().close();
  });

  it("holds what was taken without a network: the newest of a place, all of the extras", async () => {
    const { page, id } = await onPhotos();
    await page.route("**/uploads**", (route) => route.abort());
    const [older, newer, extra, second] = await Promise.all(
      [1, 2, 3, 4].map(() => largePhoto({ width: 900, height: 700 })),
    );
    await choose(page, "scene", older!);
    await choose(page, "scene", newer!);
    await choose(page, "extra", extra!);
    await choose(page, "extra", second!);
    await page.locator("[data-state=waiting]").nth(1).waitFor();
    await page.unroute("**/uploads**");
    await page.reload();
    while ((await photosOf(id)).length < 3) await page.waitForTimeout(50);
    const bytes = await kept(id);
    assert.deepEqual(
      (await photosOf(id)).map(({ slot }) => slot),
      ["scene", "extra", "extra"],
    );
    assert.deepEqual(bytes.map(sha256Of), [newer!, extra!, second!].map(sha256Of));
    await page.context().close();
  });
});

describe("a very large picture", () => {
  /** a little more than is sent as it is */
  const LARGE = { width: 2880, height: 2160 };
  let large: Buffer;
  before(async () => {
    const sky = { create: { width: LARGE.width, height: 600, channels: 3 as const, background: "#fff" } };
    large = await sharp(await largePhoto({ ...LARGE, grain: 170 }))
      .composite([{ input: sky, top: 0, left: 0 }])
      .withExif({
        IFD2: { DateTimeOriginal: "2026:11:20 08:30:00", OffsetTimeOriginal: "+08:00" },
        IFD3: {
          GPSLatitudeRef: "N",
          GPSLatitude: "31/1 13/1 48/1",
          GPSLongitudeRef: "E",
          GPSLongitude: "121/1 28/1 12/1",
        },
      })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 90 })
      .toBuffer();
    assert.ok(large.length > 3 * 1024 * 1024, `${large.length} bytes`);
  });

  it("is made smaller on the phone, keeps its time and place, is turned once, and says what it was", async () => {
    const { page, id } = await onPhotos();
    await choose(page, "scene", large);
    await state(page, "scene", "stored");
    const [photo] = await photosOf(id);
    assert.deepEqual(photo?.shrunkFrom, { ...LARGE, bytes: large.length });
    // upright: what was the width is the height
    assert.deepEqual([photo?.width, photo?.height], [2016, 2688]);
    assert.ok(photo!.bytes < large.length * 0.7, `${photo?.bytes} of ${large.length} bytes`);
    assert.equal(photo?.taken?.at?.toISOString(), "2026-11-20T00:30:00.000Z");
    assert.ok(Math.abs(photo!.taken!.position!.lat - 31.23) < 0.001);
    const copy = await app.ctx.blobs.read(await app.ctx.accidents.get(id), photo!.copySha256);
    const edge = async (left: number) => {
      const strip = await sharp(copy).extract({ left, top: 100, width: 100, height: 1000 }).toBuffer();
      return (await sharp(strip).stats()).channels[0]!.mean;
    };
    // The sky was at the sensor's upper edge, which is the right one of the picture as it was held.
    assert.ok((await edge(880)) > 240 && (await edge(20)) < 200, `${await edge(20)} ${await edge(880)}`);
    await page.context().close();
  });

  it("goes as it is, and at once, from a browser that can neither draw, hash nor remember", async () => {
    const { page, id, sent } = await onPhotos(`
      Object.defineProperty(crypto, "subtle", { value: undefined });
      delete HTMLCanvasElement.prototype.toBlob;
      Object.defineProperty(window, "indexedDB", { value: undefined });
    `);
    await choose(page, "scene", large);
    await state(page, "scene", "stored");
    assert.deepEqual(sent, ["POST"]);
    assert.ok((await kept(id))[0]?.equals(large));
    assert.equal((await photosOf(id))[0]?.shrunkFrom, null);
    await page.context().close();
  });

  it("that is too large even so is refused in words before any of it is sent", async () => {
    const { page, id, sent } = await onPhotos();
    await page.evaluate(`{
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(12 * 1024 * 1024 + 1)], "scene.jpg", { type: "image/jpeg" }));
      const input = document.querySelector("input[name=scene]");
      input.files = files.files;
      input.dispatchEvent(new Event("change"));
    }`);
    await page.getByText("照片超过 12 MB").first().waitFor();
    assert.deepEqual(sent, ["POST"]);
    assert.equal((await photosOf(id)).length, 0);
    await page.context().close();
  });
});
