import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import type { StoredPhoto } from "../../src/domain/photo.ts";
import { papersOf } from "../../src/simulator/platform/papers.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { closeDatabase } from "../support/database.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Driver, openPair } from "./settle-driver.ts";

/** The platform reads here: what is tested is the form, and the models take their time. */
const papers = papersOf(0);
const PHONE = { width: 390, height: 844 };

let app: TestApp;
let browser: Browser;
let file: { name: string; mimeType: string; buffer: Buffer };
before(async () => {
  const config = join(temporaryFolder("licence"), "config.yaml");
  await writeFile(config, "wechat: { ocrPerDay: 100 }\n");
  [app, browser] = await Promise.all([startApp({ env: { CONFIG_FILE: config } }), launchBrowser()]);
  // the packed browser ends with its last window
  await browser.newPage();
  await app.simulator.platform.follow("oHolderOfPapers000000000000");
  const grey = sharp({ create: { width: 640, height: 400, channels: 3, background: "#ddd" } });
  file = { name: "IMG_0001.jpg", mimeType: "image/jpeg", buffer: await grey.jpeg().toBuffer() };
});
after(async () => {
  await browser.close();
  await app.stop();
  await closeDatabase();
});

async function details(driver: Driver, javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, javaScriptEnabled });
  await context.addCookies([driver.cookie]);
  const page = await context.newPage();
  await page.goto(driver.urlOf("details"));
  return page;
}

const withPlate = (photo: StoredPhoto): StoredPhoto => ({
  ...photo,
  ...(photo.slot === "own-plate" && {
    plates: {
      best: {
        plate: papers.plate,
        sure: true,
        gap: 826,
        box: { x: 235, y: 396, width: 542, height: 195 },
        runnersUp: [],
      },
      others: [],
    },
  }),
});

describe("the camera over the form", () => {
  it("fills the fields in place, marks them until they are touched, and leaves alone what was typed", async () => {
    const { id, A } = await openPair(app);
    await app.ctx.accidents.change(id, (accident) => ({
      accident: { ...accident, photos: storedPhotos(accident).map(withPlate) },
      events: [],
    }));
    const page = await details(A);
    await page.locator("input[name=licenceConsent]").setChecked(true, { force: true });
    const seenInPhoto = page.locator(".kc-plate-read");
    assert.equal(await seenInPhoto.isVisible(), true);
    await page.getByLabel("姓名", { exact: true }).fill("王小二");
    await page.getByLabel("拍驾驶证自动填写").setInputFiles(file);
    await page.getByText("已根据照片填入，请逐项核对。").waitFor();
    const number = page.getByLabel("证件号码");
    assert.equal(await number.inputValue(), papers.idNumber);
    assert.equal(await page.getByLabel("姓名", { exact: true }).inputValue(), "王小二");
    assert.equal(
      await page.locator("#read-name").textContent(),
      `照片识别为“${papers.name}”，与您填写的不一致，请核对。`,
    );
    assert.equal(await number.getAttribute("aria-describedby"), "read-idNumber");
    await number.press("End");
    await number.press("Backspace");
    assert.equal(await page.locator("#read-idNumber").count(), 0);
    await page.getByLabel("拍行驶证自动填写").setInputFiles(file);
    await page.locator("#read-serial").waitFor();
    assert.equal(await seenInPhoto.isVisible(), false, "the same is not said twice");
    assert.equal(await page.getByLabel("字母和数字").inputValue(), papers.plate.slice(1));
    assert.equal(await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth"), false);
    await page.getByLabel("拍驾驶证自动填写").setInputFiles({ ...file, buffer: Buffer.from("no picture") });
    await page.getByText("照片无法识别，请手动填写").waitFor();
    await number.fill(papers.idNumber);
    await page.getByLabel("手机号").fill("13800138000");
    await page.getByLabel("保险公司").selectOption("PICC");
    await page.getByRole("button", { name: "提交" }).click();
    await page.waitForURL(A.urlOf("statement"));
  });

  it("works without script by a button of its own; the phone's go key still sends the form", async () => {
    const { A } = await openPair(app, { language: { A: "en" } });
    const page = await details(A, false);
    await page.locator("input[name=licenceConsent]").setChecked(true, { force: true });
    await page.getByLabel("Mobile").fill("13800138000");
    await page.getByLabel("Scan your driving licence").setInputFiles(file);
    await page.getByRole("button", { name: "Read this photo" }).first().click();
    await page.getByText("Filled in from the photo. Please check each field.").waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), papers.name);
    assert.equal(await page.getByLabel("Mobile").inputValue(), "13800138000");
    await page.getByLabel("Letters and digits").fill("A12345");
    await page.getByLabel("Insurer", { exact: true }).selectOption("unknown");
    await page.getByLabel("Letters and digits").press("Enter");
    await page.waitForURL(A.urlOf("statement"));
  });
});
