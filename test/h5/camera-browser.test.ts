import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { Language } from "../../src/domain/accident.ts";
import type { WordKey } from "../../src/render.ts";
import type { TestApp } from "../support/app.ts";
import { SLOT_PHOTO_FILES } from "../support/slot-photos.ts";
import { withBrowser } from "../support/with-browser.ts";
import { driverOf, newPerson, openCase } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

const PHONE = { width: 390, height: 700 };

interface Given {
  language?: Language;
  /** runs in the page before its scripts */
  fault?: string;
  /** the page's time is the test's */
  hasClock?: boolean;
}

async function onPhotos({ language = "zh", fault = "", hasClock = false }: Given = {}): Promise<Page> {
  const person = await newPerson(app.ctx, language);
  const { id } = await openCase(app.ctx, person);
  const driver = driverOf(app, id, person);
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, permissions: ["camera"] });
  await context.addCookies([driver.cookie]);
  const page = await context.newPage();
  if (hasClock) await page.clock.install();
  await page.addInitScript(fault);
  await page.goto(driver.urlOf("photos"));
  return page;
}

const word = (language: Language, key: WordKey) => app.ctx.render.words(language).find(key) ?? assert.fail(key);
const shoot = (page: Page) => page.locator("#shoot");
const shutter = (page: Page) => page.locator("[data-shutter]");
const dialog = (page: Page) => page.getByRole("dialog");

/** A sentence says what to do, and one tap opens the phone's own camera, whose picture is taken. */
async function ownCameraTakesOver(page: Page, language: Language = "zh"): Promise<void> {
  await page.getByText(word(language, "h5.photos.noCamera")).waitFor();
  assert.equal(await dialog(page).isVisible(), false);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), shoot(page).click()]);
  await chooser.setFiles(String(SLOT_PHOTO_FILES[0]));
  await page.locator(".kc-shot[data-slot=scene][data-state=stored]").waitFor();
}

/** Cameras that neither work nor refuse. */
const SILENT: Record<string, string> = {
  "never answers": "navigator.mediaDevices.getUserMedia = () => new Promise(() => {})",
  "has no frames": "Object.defineProperty(HTMLVideoElement.prototype, 'videoWidth', { get: () => 0 })",
};
const REFUSING: Record<string, string> = {
  "is refused": "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }",
  "cannot be played": "HTMLMediaElement.prototype.play = () => Promise.reject(new Error('no'))",
};
const END_OF_TRACK = `{
  const [track] = document.querySelector("video").srcObject.getVideoTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
}`;

describe("the viewfinder has a way out where the camera", () => {
  for (const [fault, script] of Object.entries(SILENT))
    for (const language of ["zh", "en"] as const)
      it(`${fault}: it says that it is opening, and gives up after eight seconds (${language})`, async () => {
        const page = await onPhotos({ language, fault: script, hasClock: true });
        await shoot(page).click();
        await page.getByText(word(language, "h5.photos.opening")).waitFor();
        assert.equal(await shutter(page).isDisabled(), true);
        await page.clock.runFor(9000);
        await ownCameraTakesOver(page, language);
        await page.context().close();
      });

  for (const [fault, script] of Object.entries(REFUSING))
    it(`${fault}: the phone's own opens at once`, async () => {
      const page = await onPhotos({ fault: script });
      await Promise.all([page.waitForEvent("filechooser"), shoot(page).click()]);
      await page.getByText(word("zh", "h5.photos.noCamera")).waitFor();
      await page.context().close();
    });

  it("is taken away by a call: it is opened again, and no black picture is taken", async () => {
    const page = await onPhotos();
    await shoot(page).click();
    await page.locator("[data-shutter]:enabled").waitFor();
    await page.evaluate(END_OF_TRACK);
    await page.waitForFunction("document.querySelector('video').srcObject.getVideoTracks()[0].readyState === 'live'");
    await page.locator("[data-shutter]:enabled").waitFor();
    await shutter(page).click();
    await page.locator(".kc-shot[data-slot=scene][data-state=stored]").waitFor({ state: "attached" });
    await page.context().close();
  });

  for (const language of ["zh", "en"] as const)
    it(`is taken away and does not come back (${language})`, async () => {
      const page = await onPhotos({ language });
      await shoot(page).click();
      await page.locator("[data-shutter]:enabled").waitFor();
      await page.evaluate(String(REFUSING["is refused"]));
      await page.evaluate(END_OF_TRACK);
      await ownCameraTakesOver(page, language);
      await page.context().close();
    });

  it("is asked for again before it has answered: the earlier question closes nothing", async () => {
    const fault = `{
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      let asked = 0;
      mediaDevices.getUserMedia = (wish) => (asked++ === 0 ? new Promise(() => {}) : open(wish));
    }`;
    const page = await onPhotos({ fault, hasClock: true });
    await shoot(page).click();
    await page.keyboard.press("Escape");
    await shoot(page).click();
    await page.locator("[data-shutter]:enabled").waitFor();
    await page.clock.runFor(9000);
    assert.equal(await dialog(page).isVisible(), true);
    assert.equal(await shutter(page).isEnabled(), true);
    await page.context().close();
  });

  it("gives frames of which the browser makes no picture", async () => {
    const page = await onPhotos({ fault: "HTMLCanvasElement.prototype.toBlob = (take) => take(null)" });
    await shoot(page).click();
    await page.locator("[data-shutter]:enabled").waitFor();
    await shutter(page).click();
    await ownCameraTakesOver(page);
    await page.context().close();
  });
});

describe("the viewfinder", () => {
  it("has a button for the phone's own camera", async () => {
    const page = await onPhotos();
    await shoot(page).click();
    const own = page.getByRole("button", { name: word("zh", "h5.photos.ownCamera") });
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), own.click()]);
    assert.equal(await chooser.element().getAttribute("name"), "scene");
    await page.context().close();
  });

  it("gives the focus back to the button that opened it", async () => {
    const page = await onPhotos();
    await shoot(page).click();
    await page.locator("[data-shutter]:enabled").waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
    assert.equal(await page.evaluate("document.activeElement.id"), "shoot");
    await page.context().close();
  });

  it("has its outlines without a network, and the button says that a picture waits for one", async () => {
    const page = await onPhotos();
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    await shoot(page).click();
    for (const outline of ["scene", "damage", "damage", "plate", "plate"]) {
      await page.locator(`.kc-camera__outline[src*=${outline}]`).waitFor();
      await page.waitForFunction("document.querySelector('.kc-camera__outline').naturalWidth > 0");
      await page.locator("[data-shutter]:enabled").click();
    }
    await page.getByRole("button", { name: word("zh", "h5.photos.waiting"), exact: true }).waitFor();
    await page.context().close();
  });
});

it("a picture without a byte is said to have failed, in words for people", async () => {
  const page = await onPhotos();
  const empty = { name: "IMG.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(0) };
  await page.locator("input[name=scene]").setInputFiles(empty);
  await page.locator("#error-scene").getByText(word("zh", "h5.photos.failed")).waitFor();
  await page.context().close();
});
