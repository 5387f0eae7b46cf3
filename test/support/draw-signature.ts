import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** Draws a name on the page's pad, which stands clear of the fixed bottom. */
export async function drawSignature(page: Page): Promise<void> {
  // the green button is fixed at the bottom: what is to be drawn on must stand clear of it
  await page.evaluate("document.querySelector('canvas').scrollIntoView({ block: 'center' })");
  const box = await page.locator("canvas").boundingBox();
  assert.ok(box);
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(0.2, 0.6));
  await page.mouse.down();
  for (const [x, y] of [
    [0.3, 0.2],
    [0.4, 0.8],
    [0.5, 0.25],
    [0.6, 0.7],
    [0.75, 0.35],
  ] as const)
    await page.mouse.move(...at(x, y), { steps: 4 });
  await page.mouse.up();
}
