import type { ImpactPoint } from "../domain/accident.ts";
import { COLOURS } from "./paper.ts";

const BODY = { width: 27, height: 56 } as const;
const SCALE = 0.88;
/** Size of the drawing on the page in points, without the burst. */
export const CAR = { width: BODY.width * SCALE, height: BODY.height * SCALE } as const;

/** Position of the mark as a fraction of the car's width and length from its centre; the nose points up. */
const MARK: Record<ImpactPoint, [number, number]> = {
  front: [0, -0.49],
  "front-right": [0.44, -0.43],
  right: [0.5, 0],
  "rear-right": [0.44, 0.43],
  rear: [0, 0.49],
  "rear-left": [-0.44, 0.43],
  left: [-0.5, 0],
  "front-left": [-0.44, -0.43],
};

/** Draws a car seen from above, nose up, with a burst where it was hit. */
export function drawCar(doc: PDFKit.PDFDocument, impact: ImpactPoint, at: { x: number; y: number }): void {
  doc.save().translate(at.x, at.y).scale(SCALE).lineWidth(0.7).lineJoin("round");
  drawBody(doc);
  const [across, along] = MARK[impact];
  drawBurst(doc, BODY.width * (0.5 + across), BODY.height * (0.5 + along));
  doc.restore();
}

function drawBody(doc: PDFKit.PDFDocument): void {
  const wheels = [8, 39].flatMap((y) => [-1.2, 24.8].map((x) => [x, y] as const));
  for (const [x, y] of wheels) doc.roundedRect(x, y, 3.4, 9, 1.2).fill("#5c6168");
  doc.path("M0.4 19 L-2.6 21.4 L-2.2 22.4 L0.6 21.6 Z").fill("#9aa0a8");
  doc.path("M26.6 19 L29.6 21.4 L29.2 22.4 L26.4 21.6 Z").fill("#9aa0a8");
  doc
    .path(
      "M5 1.6 C9 -0.2 18 -0.2 22 1.6 C25.4 3.4 26.6 8 26.6 14 L26.6 44 C26.6 50 25.4 53.6 22.6 54.8 C18 56.4 9 56.4 4.4 54.8 C1.6 53.6 0.4 50 0.4 44 L0.4 14 C0.4 8 1.6 3.4 5 1.6 Z",
    )
    .fillAndStroke("#eceff1", "#5c6168");
  doc.path("M3.4 19.4 C8.6 15.6 18.4 15.6 23.6 19.4 L21.4 25 C17 23.4 10 23.4 5.6 25 Z").fill("#8fa3b1");
  doc.path("M5.4 43.4 C10 44.8 17 44.8 21.6 43.4 L23.4 47.6 C18.4 50.2 8.6 50.2 3.6 47.6 Z").fill("#8fa3b1");
  doc.path("M2.4 22 L4.6 26 L4.6 42.4 L2.6 46 Z").fill("#b4c2cc");
  doc.path("M24.6 22 L22.4 26 L22.4 42.4 L24.4 46 Z").fill("#b4c2cc");
  doc.path("M3 4.6 L7 2.8 L6.4 5 L2.6 7.4 Z M24 4.6 L20 2.8 L20.6 5 L24.4 7.4 Z").fill("#f3c64b");
  doc.path("M2.6 51 L6.6 53.6 L6.8 54.6 L3.2 53.4 Z M24.4 51 L20.4 53.6 L20.2 54.6 L23.8 53.4 Z").fill("#c0564d");
}

function drawBurst(doc: PDFKit.PDFDocument, x: number, y: number): void {
  const points = Array.from({ length: 16 }, (_, i) => {
    const radius = i % 2 === 0 ? 7 : 3.6;
    const angle = (i * Math.PI) / 8;
    return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)] as [number, number];
  });
  doc
    .polygon(...points)
    .lineWidth(0.8)
    .fillAndStroke(COLOURS.hit, "#ffffff");
}
