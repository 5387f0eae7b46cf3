import assert from "node:assert/strict";
import { test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS } from "../support/drivers.ts";
import { heard } from "../support/heard.ts";
import { withBrowser } from "../support/with-browser.ts";

/**
 * Most that two strangers at the roadside may be asked for: touches and typed characters of both together.
 */
const MOST_TOUCHES = 45;
/** Touches beyond it, each with the article that asks for it. */
const BY_LAW: [touch: string, article: string, times: number][] = [
  ["sensitive data is ticked apart from the notice", "PIPL art. 29", 2],
  ["the time of the accident is said", "Order 146 art. 21", 1],
  ["the weather is said, none is chosen beforehand", "Order 146 art. 21", 1],
  ["signing electronically is agreed to", "E-signature Law art. 3, 13", 2],
];
const MOST_CHARACTERS = 90;
/**
 * Of both together, to bring the next target into view: fourteen, and two for each driver because the whole
 * agreement stands open above the signature (Civil Code art. 496).
 */
const MOST_SWIPES = 18;
const PHONE = { width: 390, height: 700 };
/** of the screen, by one swipe */
const SWIPE = 0.8;
/** A thumb hits what is this large; links inside a sentence are not what the way needs. */
const LEAST_TARGET_PX = 44;

let app: TestApp;
let browser: Browser;
withBrowser(
  (startedApp, startedBrowser) => {
    app = startedApp;
    browser = startedBrowser;
  },
  { runJobs: true },
);

/**
 * Counts touches. A field costs one, its text is counted apart; a list costs two; a whole signature one. A
 * swipe is counted where the next target is out of view.
 */
class Thumb {
  touches = 0;
  characters = 0;
  swipes = 0;
  readonly openid: string;
  readonly page: Page;

  constructor(openid: string, page: Page) {
    this.openid = openid;
    this.page = page;
  }

  /** Brings a target into view, above the button at the bottom; what is larger is there by its middle. */
  async reach(target: Locator): Promise<void> {
    await target.waitFor();
    const [box, foot, inFoot] = await Promise.all([
      target.boundingBox(),
      this.page.locator("footer").boundingBox(),
      target.locator("xpath=ancestor::footer").count(),
    ]);
    // the page went on by itself
    if (!box) return this.reach(target);
    const bottom = foot && inFoot === 0 ? Math.min(PHONE.height, foot.y) : PHONE.height;
    const half = Math.min(box.height, bottom) / 2;
    const middle = box.y + box.height / 2;
    const away = Math.max(0, middle + half - bottom - 1) - Math.max(0, half - middle - 1);
    if (away === 0) return;
    // One swipe, but not past the target: whoever went back and forth would never reach it.
    const room = away > 0 ? box.y : bottom - box.y - box.height;
    const swipe = Math.sign(away) * Math.min(SWIPE * PHONE.height, Math.max(Math.abs(away) + 1, room));
    await this.page.evaluate(`scrollBy({ top: ${swipe}, behavior: "instant" })`);
    // the viewfinder's button stays where it is
    if ((await target.boundingBox())?.y === box.y) return;
    this.swipes += 1;
    return this.reach(target);
  }

  async tap(target: Locator): Promise<void> {
    await this.reach(target);
    const box = await target.boundingBox();
    // the page went on by itself
    if (!box) return this.tap(target);
    assert.ok(box.height >= LEAST_TARGET_PX, `${await target.textContent()}: ${box.height} px`);
    await target.tap();
    this.touches += 1;
  }

  async type(name: string, text: string): Promise<void> {
    const field = this.page.locator(`[name="${name}"]`);
    await this.reach(field);
    await field.tap();
    await field.fill(text);
    this.touches += 1;
    this.characters += text.length;
  }

  async choose(name: string, value: string): Promise<void> {
    const list = this.page.locator(`select[name="${name}"]`);
    await this.reach(list);
    await list.selectOption(value);
    this.touches += 2;
  }

  /** The label over a hidden radio button or around a tick. */
  tick(name: string, value: string): Promise<void> {
    const input = `input[name="${name}"][value="${value}"]`;
    return this.tap(this.page.locator(`label:has(${input}), ${input} + label`).first());
  }

  green(): Promise<void> {
    return this.tap(this.page.locator("footer .kc-act").locator("button, a").locator("visible=true").first());
  }

  heading(text: string | RegExp): Promise<void> {
    return this.page.getByRole("heading", { level: 1, name: text }).waitFor();
  }

  async draw(): Promise<void> {
    const pad = this.page.locator("canvas");
    await this.reach(pad);
    const box = await pad.boundingBox();
    assert.ok(box);
    const { mouse } = this.page;
    await mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.6);
    await mouse.down();
    for (const x of [0.35, 0.5, 0.75])
      await mouse.move(box.x + box.width * x, box.y + box.height * (1 - x), { steps: 4 });
    await mouse.up();
    this.touches += 1;
  }

  /** The newest link of the chat, as a tap opens it. */
  async openLink(): Promise<void> {
    const link = /https?:[^"'\\\s<>）)]+\/h5[^"'\\\s<>）)]*/g;
    const line = await heard(app.simulator.platform, this.openid, new RegExp(link.source));
    this.touches += 1;
    await this.page.goto(String(line.match(link)?.at(-1)));
  }
}

async function driver(openid: string): Promise<Thumb> {
  const context = await browser.newContext({
    viewport: PHONE,
    hasTouch: true,
    permissions: ["camera", "geolocation"],
    geolocation: { latitude: 31.2304, longitude: 121.4737, accuracy: 9 },
  });
  await context.addCookies([{ name: "phone", value: openid, url: app.url }]);
  return new Thumb(openid, await context.newPage());
}

async function declare(thumb: Thumb): Promise<void> {
  await thumb.tick("notice", "yes");
  await thumb.tick("sensitive", "yes");
  await thumb.green();
}

async function photograph(thumb: Thumb): Promise<void> {
  await thumb.heading("请拍 5 张照片");
  await thumb.tap(thumb.page.getByRole("button", { name: "开始拍照" }));
  const shutter = thumb.page.getByRole("button", { name: "拍照", exact: true });
  for (const _slot of PHOTO_SLOTS) await thumb.tap(shutter);
}

async function enterDetails(thumb: Thumb, letter: "A" | "B"): Promise<void> {
  const { name, idNumber, phone, plate, insurerCode } = DETAILS[letter];
  await thumb.heading("驾驶人和车辆信息");
  await thumb.type("name", name);
  await thumb.type("idNumber", idNumber);
  await thumb.type("phone", phone);
  await thumb.type("serial", plate.slice(1));
  await thumb.choose("insurerCode", insurerCode);
  await thumb.green();
}

async function state(thumb: Thumb, said: Record<string, string>): Promise<void> {
  await thumb.heading("事故经过");
  for (const [name, value] of Object.entries(said)) await thumb.tick(name, value);
  await thumb.green();
}

async function sign(thumb: Thumb): Promise<void> {
  await thumb.heading(/签名/);
  await thumb.tick("electronic", "yes");
  await thumb.tick("forwarding", "yes");
  await thumb.draw();
  await thumb.green();
}

test("a first-time pair settles in 31 and 20 touches, with the viewfinder", async (t) => {
  const [a, b] = [await driver("oTouchesA000000000000000000"), await driver("oTouchesB000000000000000000")];

  await app.simulator.platform.follow(a.openid);
  a.touches += 1;
  await a.openLink();
  await declare(a);
  await photograph(a);
  await a.heading("照片已保存，请立即挪车");
  // The code is on this page: the other driver scans it here.
  await app.simulator.platform.scan(b.openid, String(app.simulator.platform.qrs().at(-1)?.ticket));
  b.touches += 1;
  await b.openLink();
  await declare(b);
  await a.green();
  await a.type("address", "人民大道近黄陂北路");
  await a.tick("when", "0");
  await a.tick("weather", "sunny");
  await a.green();

  await Promise.all([enterDetails(a, "A"), enterDetails(b, "B")]);
  await Promise.all([
    state(a, { whose: "mine", ownAct: "QS-01", impact: "front" }),
    state(b, { whose: "theirs", otherAct: "QS-01", impact: "rear" }),
  ]);
  await Promise.all([sign(a), sign(b)]);
  await Promise.all([a.heading("协议书已生效"), b.heading("协议书已生效")]);

  for (const [name, { touches, characters, swipes }] of Object.entries({ A: a, B: b }))
    t.diagnostic(`${name}: ${touches} touches, ${characters} characters, ${swipes} swipes`);
  assert.deepEqual([a.touches, b.touches], [31, 20]);
  const asked = BY_LAW.reduce((sum, [, , times]) => sum + times, MOST_TOUCHES);
  assert.ok(a.touches + b.touches <= asked);
  assert.ok(a.swipes + b.swipes <= MOST_SWIPES, `${a.swipes} and ${b.swipes} swipes`);
  assert.ok(a.characters + b.characters <= MOST_CHARACTERS, `${a.characters + b.characters}`);
});
