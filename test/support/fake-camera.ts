import type { Browser, BrowserContext } from "playwright-core";

/**
 * Runs in the page: a camera whose frames always differ, as real views do, because the same picture twice is
 * sent back. The browser's own test picture never changes. With a covered lens (`lensIsCovered`) frames are
 * black.
 */
const CAMERA = `
  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 960, height: 720 });
    const pen = canvas.getContext("2d");
    const upTo = (limit) => Math.random() * limit;
    const draw = () => {
      if (globalThis.lensIsCovered) {
        pen.fillStyle = "#020202";
        return pen.fillRect(0, 0, 960, 720);
      }
      pen.fillStyle = "hsl(" + upTo(360) + " 40% 55%)";
      pen.fillRect(0, 0, 960, 720);
      for (let at = 0; at < 24; at++) {
        pen.fillStyle = "hsl(" + upTo(360) + " 60% " + (15 + upTo(70)) + "%)";
        pen.fillRect(upTo(960) - 120, upTo(720) - 90, 80 + upTo(400), 60 + upTo(300));
      }
    };
    draw();
    const stream = canvas.captureStream();
    const [track] = stream.getVideoTracks();
    const timer = setInterval(() => (track.readyState === "live" ? draw() : clearInterval(timer)), 300);
    return stream;
  };
`;

/**
 * Every page of this browser has that camera; who takes the permission away finds none. Its pages are Chinese
 * unless told: a phone is answered in its own language.
 */
export function withFakeCamera(browser: Browser): Browser {
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options): Promise<BrowserContext> => {
    const context = await newContext({ locale: "zh-CN", ...options });
    await context.addInitScript(CAMERA);
    return context;
  };
  return browser;
}
