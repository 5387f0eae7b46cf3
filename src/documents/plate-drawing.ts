import { formatPlate, type PlateColour, plateColour, plateRuns } from "../domain/plate.ts";
import type { Block } from "./blocks.ts";
import type { Paper } from "./paper.ts";

const INK = "#1c1e21";
const RED = "#c8202b";
const YELLOW = "#f6c52c";
const FACES: Record<PlateColour, { face: string; ink: string; red: string }> = {
  blue: { face: "#1c53a6", ink: "#ffffff", red: "#ffffff" },
  yellow: { face: YELLOW, ink: INK, red: INK },
  yellow_green: { face: "#b9e3bf", ink: INK, red: INK },
  white: { face: "#ffffff", ink: INK, red: RED },
  black: { face: "#24272b", ink: "#ffffff", red: "#ff6b5e" },
  green: { face: "#b9e3bf", ink: "#14301c", red: "#14301c" },
};

const HEIGHT = 17;
const ROUND = 2.4;
const INSET = 5.8;
const SPACING = 0.6;
const STYLE = { size: 10, weight: "medium" } as const;

/** Draws a number plate as GA 36-2018 has it; null for a text too long for one, which stays text. */
export function plate(paper: Paper, plateNumber: string, kind: string, x: number): Block | null {
  const number = paper.clean(plateNumber);
  const { length } = [...number];
  if (length < 5 || length > 10) return null;
  const widthOf = (text: string) => paper.widthOf(text, STYLE) + SPACING * [...text].length;
  const width = widthOf(formatPlate(number)) + INSET * 2;
  const colour = plateColour(kind);
  const face = FACES[colour];
  return {
    height: HEIGHT,
    draw(y) {
      const { doc } = paper;
      doc.roundedRect(x, y, width, HEIGHT, ROUND).fill(face.face);
      // province and office of a large new-energy car stand on yellow
      if (colour === "yellow_green") paintLeft(doc, { x, y, width: INSET + widthOf(number.slice(0, 2)) });
      doc.roundedRect(x, y, width, HEIGHT, ROUND).lineWidth(0.5).strokeColor("#5c6168").stroke();
      doc
        .roundedRect(x + 1.3, y + 1.3, width - 2.6, HEIGHT - 2.6, 1.6)
        .lineWidth(0.5)
        .strokeColor(face.ink)
        .stroke();
      let at = x + INSET;
      for (const { text, red } of plateRuns(number)) {
        doc
          .font(STYLE.weight)
          .fontSize(STYLE.size)
          .fillColor(red ? face.red : face.ink);
        doc.text(text, at, y + 1.3, { lineBreak: false, characterSpacing: SPACING });
        at += widthOf(text);
      }
    },
  };
}

function paintLeft(doc: Paper["doc"], { x, y, width }: { x: number; y: number; width: number }): void {
  doc.save();
  doc.rect(x, y, width, HEIGHT).clip();
  doc.roundedRect(x, y, width + ROUND * 2, HEIGHT, ROUND).fill(YELLOW);
  doc.restore();
}
