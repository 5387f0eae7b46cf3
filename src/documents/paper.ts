import PDFDocument from "pdfkit";
import { cleanText } from "./clean-text.ts";
import { fonts, type Weight } from "./fonts.ts";

/** A4 in points. */
export const PAGE = { width: 595.28, height: 841.89, left: 48, right: 547.28, top: 34, bottom: 798 } as const;
export const CONTENT_WIDTH = PAGE.right - PAGE.left;

export const COLOURS = {
  ink: "#1c1e21",
  soft: "#666b73",
  line: "#c5c9cf",
  frame: "#8b9098",
  tint: "#f3f5f4",
  accent: "#1d4d3a",
  hit: "#d93026",
} as const;

export interface Style {
  size: number;
  weight?: Weight;
  colour?: string;
  /** height of a line as a multiple of the size */
  leading?: number;
  align?: "left" | "center" | "right";
}

/** The drawing tools of every part of the form. */
export interface Paper {
  doc: PDFKit.PDFDocument;
  clean(text: string): string;
  /** width of one line */
  widthOf(text: string, style: Style): number;
  /** height of the text when it wraps at `width` */
  heightOf(text: string, style: Style, width: number): number;
  write(text: string, style: Style, at: { x: number; y: number; width: number }): void;
}

/**
 * Noto Sans SC's ascent and descent are 1.448 em, more than a printed line needs: the excess is cut equally
 * above and below.
 */
const FONT_LINE = 1.448;
const DEFAULT_LEADING = 1.3;

/**
 * Creates an empty document. Its dates, and with them its identifier, are `madeAt`, so that the same content
 * makes the same bytes.
 */
export async function createPaper(info: { title: string; madeAt: Date }): Promise<Paper> {
  const files = await fonts();
  const doc = new PDFDocument({
    size: "A4",
    // pdfkit would break pages by itself at its own bottom margin
    margin: 0,
    bufferPages: true,
    lang: "zh-CN",
    info: {
      Title: info.title,
      Producer: "Kuaichu",
      Creator: "Kuaichu",
      CreationDate: info.madeAt,
      ModDate: info.madeAt,
    },
  });
  for (const [weight, file] of Object.entries(files)) doc.registerFont(weight, file);
  const covers = coverageOf(doc);
  const cleaned = new Map<string, string>();
  const clean = (text: string): string => {
    const known = cleaned.get(text) ?? cleanText(text, covers);
    cleaned.set(text, known);
    return known;
  };
  const gapOf = (style: Style) => ((style.leading ?? DEFAULT_LEADING) - FONT_LINE) * style.size;
  const set = (style: Style) => doc.font(style.weight ?? "regular").fontSize(style.size);
  return {
    doc,
    clean,
    widthOf: (text, style) => set(style).widthOfString(clean(text)),
    heightOf: (text, style, width) => set(style).heightOfString(clean(text), { width, lineGap: gapOf(style) }),
    write(text, style, { x, y, width }) {
      const gap = gapOf(style);
      set(style).fillColor(style.colour ?? COLOURS.ink);
      doc.text(clean(text), x, y + gap / 2, { width, lineGap: gap, align: style.align ?? "left" });
    },
  };
}

/**
 * Reads the opened font's character table, which pdfkit keeps private: characters that are not in it would be
 * drawn as empty boxes.
 */
function coverageOf(doc: PDFKit.PDFDocument): (codePoint: number) => boolean {
  const opened = doc.font("regular") as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } };
  const { font } = opened._font;
  return (codePoint) => font.hasGlyphForCodePoint(codePoint);
}

/** Returns the bytes of the finished document. */
export function finish(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
    doc.end();
  });
}
