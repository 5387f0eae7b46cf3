import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTO_FILES } from "../support/slot-photos.ts";
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
  await page.getByLabel("同意").check();
  await page.getByRole("button", { name: "都没有，继续" }).last().click();
  await page.waitForURL("**/photos");
  return { page, id: page.url().split("/").at(-2)!, complaints };
}

const shutter = (page: Page) => page.getByRole("button", { name: "拍照", exact: true });

describe("the viewfinder", () => {
  it("five shutters fill the five places one after the other, with the position, and lead on", async () => {
    const { page, id, complaints } = await onPhotos();
    await page.getByRole("button", { name: "开始拍照" }).click();
    for (const slot of ["两车全景", "我的车损", "对方车损", "我的车牌", "对方车牌"]) {
      await page.getByRole("dialog", { name: slot }).waitFor();
      await shutter(page).click();
    }
    await page.waitForURL("**/move");
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "可以挪车了");
    const accident = await app.ctx.accidents.get(id);
    assert.deepEqual(
      accident.photos.map(({ slot }) => slot),
      [...PHOTO_SLOTS],
    );
    assert.equal(accident.scene.position?.accuracyM, 9);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("keeps a picture on the phone while there is no network, even over a closed page, and sends it later", async () => {
    const { page, id } = await onPhotos();
    await page.route("**/photos", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await page.getByRole("button", { name: "开始拍照" }).click();
    await shutter(page).click();
    await page.getByRole("button", { name: "关闭取景" }).click();
    await page.getByText("照片先存在这部手机里").waitFor();
    assert.equal((await app.ctx.accidents.get(id)).photos.length, 0);
    await page.unroute("**/photos");
    await page.reload();
    await page.getByRole("heading", { name: "还差 4 张" }).waitFor();
    assert.equal((await app.ctx.accidents.get(id)).photos[0]?.slot, "scene");
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
    await place.getByText("这不是 JPEG、PNG 或 WebP 照片").waitFor();
    const shown = await place.locator("img").getAttribute("src");
    assert.equal(new URL(String(shown), page.url()).pathname, outline);
    assert.equal((await app.ctx.accidents.get(id)).photos.length, 0);
    await page.context().close();
  });
});

describe("without script", () => {
  it("each place is a file input, one button sends them all", async () => {
    const { page, id } = await onPhotos({ script: false });
    for (const [at, label] of ["两车全景", "我的车损", "对方车损", "我的车牌", "对方车牌"].entries())
      await page.getByLabel(label).setInputFiles(SLOT_PHOTO_FILES[at] as string);
    await page.getByRole("button", { name: "上传选好的照片" }).click();
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
    await b.fill(`/h5/join/${invitation!.code}`, { condition: "none", consent: "yes" });
    await page.getByText("对方正在填写车辆信息").waitFor();
    await page.context().close();
  });
});
