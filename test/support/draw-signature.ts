import assert from "node:assert/strict";
import type { Frame, Page } from "playwright-core";

/** Draws a name on the pad of a page, or of a page in a frame, clear of the fixed bottom. */
export async function drawSignature(view: Page | Frame): Promise<void> {
  const { mouse } = "mouse" in view ? view : view.page();
  // the green button is fixed at the bottom: what is to be drawn on must stand clear of it
  await view.evaluate("document.querySelector('canvas').scrollIntoView({ block: 'center' })");
  const box = await view.locator("canvas").boundingBox();
  assert.ok(box);
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  await mouse.move(...at(0.2, 0.6));
  await mouse.down();
  for (const [x, y] of [
    [0.3, 0.2],
    [0.4, 0.8],
    [0.5, 0.25],
    [0.6, 0.7],
    [0.75, 0.35],
  ] as const)
    await mouse.move(...at(x, y), { steps: 4 });
  await mouse.up();
}
