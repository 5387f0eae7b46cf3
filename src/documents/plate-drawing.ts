import { type PlateColour, plateColour } from "../domain/plate.ts";
import type { Block } from "./blocks.ts";
import type { Paper } from "./paper.ts";

const FACES: Record<PlateColour, { face: string; ink: string }> = {
  blue: { face: "#1c53a6", ink: "#ffffff" },
  yellow: { face: "#f6c52c", ink: "#1c1e21" },
  yellow_green: { face: "#f6c52c", ink: "#1c1e21" },
  white: { face: "#ffffff", ink: "#1c1e21" },
  black: { face: "#24272b", ink: "#ffffff" },
  green: { face: "#b9e3bf", ink: "#14301c" },
};

/** Draws a number plate; null for a text too long for one, which stays text. */
export function plate(paper: Paper, plateNumber: string, kind: string, x: number): Block | null {
  const characters = [...paper.clean(plateNumber)];
  if (characters.length < 5 || characters.length > 9) return null;
  const words = `${characters.slice(0, 2).join("")}·${characters.slice(2).join("")}`;
  const style = { size: 10, weight: "medium" } as const;
  const colour = FACES[plateColour(kind)];
  const spacing = 0.6;
  const width = paper.widthOf(words, style) + spacing * [...words].length + 11;
  return {
    height: 17,
    draw(y) {
      const { doc } = paper;
      doc.roundedRect(x, y, width, 17, 2.4).lineWidth(0.5).fillAndStroke(colour.face, "#5c6168");
      doc
        .roundedRect(x + 1.3, y + 1.3, width - 2.6, 14.4, 1.6)
        .lineWidth(0.5)
        .strokeColor(colour.ink)
        .stroke();
      doc.font("medium").fontSize(style.size).fillColor(colour.ink);
      doc.text(words, x + 5.8, y + 1.3, { lineBreak: false, characterSpacing: spacing });
    },
  };
}
