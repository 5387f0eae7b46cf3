import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { announcePhoto } from "../../src/actions/announce-photo.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { movePhoto } from "../../src/actions/move-photo.ts";
import { PHOTO_SLOTS, type StoredPhoto } from "../../src/domain/photo.ts";
import type { WordKey } from "../../src/render.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTO_FILES, SLOT_PHOTOS } from "../support/slot-photos.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { Phone } from "./phone.ts";

let app: TestApp;
let browser: Browser;
let count = 0;
before(async () => {
  [app, browser] = await Promise.all([startApp(), launchBrowser()]);
});
after(async () => {
  await browser.close();
  await app.stop();
  await closeDatabase();
});

/** A phone on the page of the photographs, with what the browser complains about. */
async function onPhotos({ script = true } = {}): Promise<{ page: Page; id: string; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    javaScriptEnabled: script,
    permissions: ["camera", "geolocation"],
    geolocation: { latitude: 31.2304, longitude: 121.4737, accuracy: 9 },
  });
  const openid = `oBrowser${String(++count).padStart(20, "0")}`;
  await context.addCookies([{ name: "phone", value: openid, url: app.url }]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${app.url}/h5/start`);
  for (const tick of await page.getByRole("checkbox").all()) await tick.check();
  await page.getByRole("button", { name: "没有人受伤，车能开，继续" }).last().click();
  await page.waitForURL("**/photos");
  return { page, id: page.url().split("/").at(-2)!, complaints };
}

const zh = (key: WordKey): string => app.ctx.render.words("zh").find(key) ?? assert.fail(key);
const shutter = (page: Page) => page.getByRole("button", { name: "拍照", exact: true });

const COMES_BACK = "void document.dispatchEvent(new Event('visibilitychange'))";

/**
 * Ends when the viewfinder shows a nearly black frame; without a frame nothing is drawn, and every value is
 * 0.
 */
const UNTIL_BLACK = `new Promise((resolve) => {
  const pen = Object.assign(document.createElement("canvas"), { width: 8, height: 8 }).getContext("2d");
  const look = () => {
    pen.drawImage(document.querySelector("video"), 0, 0, 8, 8);
    const values = pen.getImageData(0, 0, 8, 8).data;
    if (values.every((value, at) => (at % 4 === 3 ? value === 255 : value < 16))) resolve();
    else requestAnimationFrame(look);
  };
  look();
})`;

describe("the viewfinder", () => {
  it("five shutters fill the five places one after the other, with the position, and lead on", async () => {
    const { page, id, complaints } = await onPhotos();
    await page.getByRole("button", { name: "开始拍照" }).click();
    for (const slot of ["两车全景", "我车受损处", "对方受损处", "我的车牌", "对方车牌"]) {
      await page.getByRole("dialog", { name: slot }).waitFor();
      await shutter(page).click();
    }
    await page.waitForURL("**/move");
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "照片已保存，请立即挪车");
    const accident = await app.ctx.accidents.get(id);
    assert.deepEqual(
      accident.photos.map(({ slot }) => slot),
      [...PHOTO_SLOTS],
    );
    assert.equal(accident.scene.positions.A?.accuracyM, 9);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("tells the position with a later picture where the first could not", async () => {
    const { page, id } = await onPhotos();
    let tries = 0;
    await page.route("**/position", (route) => (++tries === 1 ? route.abort() : route.continue()));
    await page.getByRole("button", { name: "开始拍照" }).click();
    const failed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/position"));
    await shutter(page).click();
    await failed;
    const told = page.waitForResponse((response) => response.url().endsWith("/position"));
    await page.getByRole("dialog", { name: "我车受损处" }).waitFor();
    await shutter(page).click();
    assert.equal((await told).status(), 200);
    assert.equal((await app.ctx.accidents.get(id)).scene.positions.A?.accuracyM, 9);
    await page.context().close();
  });

  it("says in the viewfinder what is wrong with a picture while the next is taken, and one tap takes it again", async () => {
    const { page, id } = await onPhotos();
    await page.getByRole("button", { name: "开始拍照" }).click();
    // a lens that is covered
    await page.evaluate("globalThis.lensIsCovered = true");
    await page.evaluate(UNTIL_BLACK);
    await shutter(page).click();
    await page.getByRole("dialog", { name: "我车受损处" }).waitFor();
    await page.evaluate("globalThis.lensIsCovered = false");
    await page.getByText("两车全景 · 光线太暗。").waitFor();
    await page.getByRole("button", { name: "重拍", exact: true }).click();
    await page.getByRole("dialog", { name: "两车全景" }).waitFor();
    await shutter(page).click();
    await page.locator('[data-aim=scene][data-state="stored"]').waitFor();
    assert.equal(await page.locator("[data-counted]").textContent(), "已保存 1/5");
    const { photos, photoTries } = await app.ctx.accidents.get(id);
    assert.deepEqual([photos.map(({ slot }) => slot), photoTries], [["scene"], { scene: 1 }]);
    await page.context().close();
  });
});

describe("the position", () => {
  it("that found no network goes with the next picture", async () => {
    const { page, id, complaints } = await onPhotos();
    await page.route("**/position", (route) => route.abort(), { times: 1 });
    const lost = page.waitForEvent("requestfailed");
    await page.locator("input[name=scene]").setInputFiles(String(SLOT_PHOTO_FILES[0]));
    await lost;
    const sent = page.waitForResponse("**/position");
    await page.locator("input[name=own-damage]").setInputFiles(String(SLOT_PHOTO_FILES[1]));
    await sent;
    assert.equal((await app.ctx.accidents.get(id)).scene.positions.A?.accuracyM, 9);
    assert.deepEqual(
      complaints.filter((one) => one === "Failed to fetch"),
      [],
    );
    await page.context().close();
  });
});

describe("a picture that is refused", () => {
  it("says why at its place and leaves nothing broken there", async () => {
    const { page, id } = await onPhotos();
    const place = page.locator("[data-slot=scene]");
    const outline = await place.locator("img").getAttribute("src");
    const file = { name: "scene.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a picture") };
    await place.locator("input").setInputFiles(file);
    await place.getByText("这不是 JPEG、HEIC、AVIF、PNG 或 WebP 照片").waitFor();
    const shown = await place.locator("img").getAttribute("src");
    assert.equal(new URL(String(shown), page.url()).pathname, outline);
    assert.equal((await app.ctx.accidents.get(id)).photos.length, 0);
    await page.context().close();
  });
});

describe("a picture of the chat", () => {
  const announced = async (id: string, picture: Buffer) => {
    const { id: mediaId } = app.simulator.platform.putMedia(picture, "image/jpeg");
    const { photos } = await announcePhoto(app.ctx, { accidentId: id, letter: "A", mediaId });
    return String(photos.at(-1)?.id);
  };
  const stateOf = (page: Page, slot: string, state: string) =>
    page.locator(`.kc-shot[data-slot=${slot}][data-state=${state}]`).waitFor();

  it("is waited for on the page; why it was not taken is said there, and its place is asked for again", async () => {
    const { page, id, complaints } = await onPhotos();
    await announced(id, await sharp(SLOT_PHOTOS.scene).linear(0.05, 0).jpeg().toBuffer());
    await page.reload();
    await stateOf(page, "scene", "announced");
    await app.settle();
    const place = page.locator("[data-slot=scene]");
    await place.getByText("光线太暗。请打开闪光灯").waitFor();
    await page.getByRole("button", { name: "重拍：两车全景" }).click({ trial: true });
    await page.reload();
    await place.getByText("光线太暗。请打开闪光灯").waitFor();
    await place.getByText("第三次直接收下").waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("that finds another place leaves the one open that it was announced for", async () => {
    const { page, id } = await onPhotos();
    const photoId = await announced(id, SLOT_PHOTOS["own-plate"]);
    await page.reload();
    await stateOf(page, "scene", "announced");
    await movePhoto(app.ctx, { accidentId: id, letter: "A", photoId, slot: "own-plate" });
    await stateOf(page, "scene", "empty");
    await stateOf(page, "own-plate", "announced");
    await app.settle();
    await stateOf(page, "own-plate", "stored");
    await page.getByRole("button", { name: "拍下一张：两车全景" }).click({ trial: true });
    await page.context().close();
  });
});

describe("what is found", () => {
  it("a doubt is a quiet sentence and a plate is drawn as soon as it is read, without a new page", async () => {
    const { page, id } = await onPhotos();
    await page.locator("input[name=own-plate]").setInputFiles(String(SLOT_PHOTO_FILES[3]));
    const place = page.locator("[data-slot=own-plate]");
    await place.getByText("重拍").waitFor();
    assert.equal(await place.locator(".kc-plate").count(), 0);
    await app.ctx.accidents.change(id, (accident) => ({
      accident: { ...accident, photos: storedPhotos(accident).map(read) },
      events: [],
    }));
    await place.locator(".kc-plate").waitFor();
    assert.equal((await place.locator("[data-plate]").textContent())?.trim(), "识别为 沪A·62K18");
    await place.getByText("照片模糊。请手拿稳").waitFor();
    await page.getByText("橙色标记的照片也已收下").waitFor();
    await page.context().close();
  });

  it("pictures that went by the chat stand there when he comes back to the page, and it leads on", async () => {
    const { page, id } = await onPhotos();
    const owner = { accidentId: id, letter: "A", source: "chat" } as const;
    for (const slot of PHOTO_SLOTS.slice(1)) await addPhoto(app.ctx, { ...owner, slot, bytes: SLOT_PHOTOS[slot] });
    await page.evaluate(COMES_BACK);
    await page.getByText("已保存 4/5").waitFor();
    await addPhoto(app.ctx, { ...owner, slot: "scene", bytes: SLOT_PHOTOS.scene });
    await page.evaluate(COMES_BACK);
    await page.waitForURL("**/move");
    await page.context().close();
  });

  const read = (photo: StoredPhoto): StoredPhoto => ({
    ...photo,
    findings: [{ code: "blurred", level: "warns" }],
    plates: {
      best: {
        plate: "沪A62K18",
        sure: true,
        gap: 826,
        box: { x: 235, y: 396, width: 542, height: 195 },
        runnersUp: [],
      },
      others: [],
    },
  });

  it("one tap adds what the accident makes worth having, on a page of its own, at any step", async () => {
    const { page, id } = await onPhotos();
    await page.goto(page.url().replace(/photos$/, "extras"));
    await page.getByText("红绿灯", { exact: true }).click();
    await page.getByRole("dialog", { name: "红绿灯" }).waitFor();
    await shutter(page).click();
    await page.getByText("已保存 1 张").waitFor();
    assert.deepEqual(
      (await app.ctx.accidents.get(id)).photos.map(({ slot }) => slot),
      ["traffic-light"],
    );
    await page.getByRole("link", { name: "完成，返回" }).click();
    await page.waitForURL("**/photos");
    await page.context().close();
  });
});

describe("without script", () => {
  it("each place is a file input, one button sends them all", async () => {
    const { page, id } = await onPhotos({ script: false });
    for (const [at, slot] of PHOTO_SLOTS.entries())
      await page
        .getByLabel(new RegExp(`^\\s*[1-5]?${zh(`evidence.slot.${slot}`)}`))
        .setInputFiles(String(SLOT_PHOTO_FILES[at]));
    await page.getByRole("button", { name: "上传所选照片" }).click();
    assert.equal((await app.ctx.accidents.get(id)).photos.length, 5);
    assert.match(page.url(), /\/move$/);
    await page.context().close();
  });
});

describe("the strip", () => {
  it("says at once who has joined, without a new page", async () => {
    const { page, id } = await onPhotos();
    const strip = page.getByRole("status").first();
    assert.equal((await strip.textContent())?.trim(), "对方还没加入");

    const { invitation } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
    const b = new Phone(app, `oBrowserB${String(++count).padStart(19, "0")}`);
    await b.fill(`/h5/join/${invitation!.code}`, { condition: "none", notice: "yes", sensitive: "yes" });
    await page.getByText("对方待办：填写车辆信息").waitFor();
    await page.context().close();
  });
});
