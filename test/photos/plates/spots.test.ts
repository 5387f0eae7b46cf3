import assert from "node:assert/strict";
import { test } from "node:test";
import type { Quad } from "../../../src/photos/ocr/geometry.ts";
import type { Raster } from "../../../src/photos/ocr/raster.ts";
import { type SheetColour, sheetColourOf } from "../../../src/photos/plates/sheet-colour.ts";
import { tilted } from "../../../src/photos/plates/spots.ts";

const quad = (...points: [number, number][]) => points.map(([x, y]) => ({ x, y })) as unknown as Quad;

test("a tall box is read along its longer sides from the left, one that stands upright both ways", () => {
  // the right side runs down to the left: its text climbs to the right
  const climbing = quad([60, 0], [90, 30], [30, 90], [0, 60]);
  assert.deepEqual(tilted(climbing), [quad([0, 60], [60, 0], [90, 30], [30, 90])]);
  const falling = quad([0, 30], [30, 0], [90, 60], [60, 90]);
  assert.deepEqual(tilted(falling), [quad([30, 0], [90, 60], [60, 90], [0, 30])]);
  assert.equal(tilted(quad([0, 0], [20, 0], [20, 80], [0, 80])).length, 2);
});

test("a sheet without a clear colour is dark where its characters are the lighter part", () => {
  const lettered = (ground: number, ink: number): SheetColour => {
    const data = Uint8Array.from({ length: 48 * 12 * 3 }, (_, at) => (Math.floor(at / 3) % 3 === 0 ? ink : ground));
    return sheetColourOf({ data, width: 48, height: 12 }, quad([0, 0], [48, 0], [48, 12], [0, 12]));
  };
  assert.equal(lettered(100, 135), "dark");
  assert.equal(lettered(135, 100), "unknown");
});

test("the colour of a sheet is named where it is clear; one that no plate has is strange", () => {
  const ground = (red: number, green: number, blue: number): SheetColour => {
    const data = Uint8Array.from({ length: 40 * 12 * 3 }, (_, at) => [red, green, blue][at % 3]!);
    const raster: Raster = { data, width: 40, height: 12 };
    return sheetColourOf(raster, quad([0, 0], [40, 0], [40, 12], [0, 12]));
  };
  assert.equal(ground(18, 62, 160), "blue");
  assert.equal(ground(70, 190, 120), "green");
  assert.equal(ground(240, 176, 20), "yellow");
  assert.equal(ground(240, 240, 240), "white");
  assert.equal(ground(20, 20, 22), "black");
  // yellow-green, red, purple
  for (const [red, green, blue] of [
    [170, 240, 40],
    [200, 20, 20],
    [150, 30, 200],
  ] as const) {
    assert.equal(ground(red, green, blue), "strange");
  }
  // blue under a green light
  assert.equal(ground(20, 120, 112), "unknown");
});
