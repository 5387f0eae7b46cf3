import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Browser, Frame, FrameLocator, Locator, Page } from "playwright-core";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { closeDatabase } from "../support/database.ts";
import { drawSignature } from "../support/draw-signature.ts";
import { DETAILS } from "../support/drivers.ts";

/** Folder for pictures of every page, when they are wanted. */
const SCREENSHOTS = process.env.SCREENSHOTS;

let app: TestApp;
let browser: Browser;
let stage: Page;

before(async () => {
  app = await startApp({ runJobs: true });
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 960 } });
  stage = await context.newPage();
});
after(async () => {
  await browser.close();
  await app.stop();
  await closeDatabase();
});

const phone = (index: 1 | 2): Locator => stage.locator(`.phone[data-phone="${index}"]`);
const page = (index: 1 | 2): FrameLocator => stage.frameLocator(`.phone[data-phone="${index}"] iframe`);
const frame = (index: 1 | 2) => stage.frame({ name: `phone${index}` }) as Frame;
const heading = (index: 1 | 2, text: RegExp | string) =>
  page(index).getByRole("heading", { level: 1, name: text }).waitFor();
const green = (index: 1 | 2) => page(index).locator("footer button:visible, footer a.weui-btn:visible").first();

let shots = 0;
async function look(name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await stage.waitForTimeout(400);
  await stage.screenshot({ path: `${SCREENSHOTS}/${String(++shots).padStart(2, "0")}-${name}.png` });
}

test("a newcomer settles an accident by hand on one page: two phones, two drivers, two insurers", async () => {
  const problems: string[] = [];
  stage.on("pageerror", (error) => problems.push(error.message));
  await stage.goto(`${app.url}/simulator`);

  await phone(1)
    .getByRole("button", { name: /关注公众号/ })
    .click();
  await phone(1).locator(".chat a").first().click();
  await heading(1, "先确认安全");
  await look("start");
  await declare(1);

  await heading(1, "请拍 5 张照片");
  await photograph();
  await heading(1, "照片已保存，请立即挪车");
  await look("move");
  assert.ok(await page(1).locator("img[src*=invitation], svg").first().isVisible(), "the QR code is on the page");
  assert.equal(app.simulator.platform.qrs().length, 1, "and there is no other one: what is scanned is what is shown");
  await green(1).click();

  await heading(1, "事故地点、时间和天气");
  await phone(2)
    .getByRole("button", { name: /扫对方的二维码/ })
    .click();
  await phone(2).locator(".chat a").first().click();
  await heading(2, "加入本次事故处理");
  await look("join");
  await declare(2);
  await page(1).getByLabel("地点").fill("人民大道近黄陂北路，由东向西第二车道");
  await page(1).getByRole("radio", { name: "刚刚" }).check();
  await page(1).getByRole("radio", { name: "雨" }).check();
  await look("place");
  await green(1).click();

  for (const index of [1, 2] as const) await enterDetails(index);
  await look("statement");
  await state(1, { whose: "mine", ownAct: "QS-01", impact: "front" });
  await state(2, { whose: "theirs", otherAct: "QS-01", impact: "rear" });

  await heading(2, /签/);
  await heading(1, /签/);
  await look("sign");
  assert.match((await page(1).locator("main").textContent()) ?? "", /您负全部责任/);
  for (const index of [1, 2] as const) await sign(index);
  await page(1).locator("a[href*='agreement.pdf']").waitFor();
  await look("done");

  const claims = stage.locator("article.claim");
  await claims.nth(1).waitFor();
  const atPicc = claims.filter({ has: stage.locator("h3", { hasText: "PICC ·" }) });
  await atPicc.getByRole("button", { name: /支付/ }).click();
  await atPicc.filter({ hasText: "paid (200)" }).waitFor();
  await phone(1).getByRole("button", { name: /关闭/ }).click();
  await phone(1)
    .locator(".chat li", { hasText: /赔款已支付|已赔付/ })
    .waitFor();
  await look("paid");
  assert.deepEqual(problems, []);
});

async function declare(index: 1 | 2): Promise<void> {
  for (const tick of await page(index).getByRole("checkbox").all()) await tick.check();
  await page(index)
    .getByRole("button", { name: /没有人受伤，车能开，继续/ })
    .first()
    .click();
}

/** The page's own button opens the phone's camera roll; one picture after the other. */
async function photograph(): Promise<void> {
  for (const [index, slot] of PHOTO_SLOTS.entries()) {
    await page(1).locator("#shoot:visible").click();
    await page(1).getByRole("dialog", { name: /相册/ }).getByRole("button").nth(index).click();
    if (index < PHOTO_SLOTS.length - 1) await page(1).locator(`[data-slot="${slot}"][data-state="stored"]`).waitFor();
  }
}

async function enterDetails(index: 1 | 2): Promise<void> {
  const { name, idNumber, phone: number, plate, insurerCode } = DETAILS[index === 1 ? "A" : "B"];
  await heading(index, "驾驶人和车辆信息");
  await page(index).getByLabel("姓名").fill(name);
  await page(index).getByLabel("证件号码").fill(idNumber);
  await page(index).getByLabel("手机号").fill(number);
  await page(index).locator("[name=serial]").fill(plate.slice(1));
  await page(index).locator("[name=insurerCode]").selectOption(insurerCode);
  await green(index).click();
  await heading(index, "事故经过");
}

async function state(index: 1 | 2, said: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(said)) {
    const input = page(index).locator(`input[name="${name}"][value="${value}"]`);
    const id = await input.getAttribute("id");
    const label = id ? page(index).locator(`label[for="${id}"]`) : input.locator("xpath=ancestor::label");
    await label.click();
    assert.ok(await input.isChecked(), `${name} ${value}`);
  }
  await green(index).click();
}

async function sign(index: 1 | 2): Promise<void> {
  for (const name of ["electronic", "forwarding"])
    await page(index).locator(`input[name=${name}]`).setChecked(true, { force: true });
  await drawSignature(frame(index));
  await look(`signed-${index}`);
  await green(index).click();
}
