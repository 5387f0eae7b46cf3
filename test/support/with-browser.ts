import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { startApp, type TestApp, type TestAppOptions } from "./app.ts";
import { launchBrowser } from "./browser.ts";
import { closeDatabase } from "./database.ts";

/** Starts an app and a browser before the tests of a file, hands them over, and ends both after the tests. */
export function withBrowser(handOver: (app: TestApp, browser: Browser) => void, options: TestAppOptions = {}): void {
  let started: [TestApp, Browser];
  before(async () => {
    started = await Promise.all([startApp(options), launchBrowser()]);
    // the packed browser ends with its last window
    await started[1].newPage();
    handOver(...started);
  });
  after(async () => {
    const [app, browser] = started;
    await browser.close();
    await app.stop();
    await closeDatabase();
  });
}
