import { PDFiumLibrary } from "@hyzyla/pdfium";
import { type Bitmap, encodePng } from "./png.ts";

/** Limit of WeChat's media upload. */
const MAX_PICTURE_BYTES = 2_000_000;
/** 2 × makes an A4 page 1,191 pixels wide; smaller scales are for a case with very many photographs. */
const SCALES = [2, 1.5, 1, 0.75];

let library: Promise<PDFiumLibrary> | undefined;

export interface Pictures {
  /** one PNG per page, at 2 × */
  pages: Buffer[];
  /** all pages in one tall PNG of at most 2 MB */
  picture: Buffer;
}

/** Draws the pages of a PDF as a reader would show them. */
export async function pagesAsPictures(pdf: Buffer): Promise<Pictures> {
  const bitmaps = await renderPages(pdf, SCALES[0]!);
  const pages = await Promise.all(bitmaps.map(encodePng));
  let picture = await encodePng(oneTall(bitmaps));
  for (const scale of SCALES.slice(1)) {
    if (picture.length <= MAX_PICTURE_BYTES) break;
    picture = await encodePng(oneTall(await renderPages(pdf, scale)));
  }
  return { pages, picture };
}

/** Draws every page as pixels on white; `scale` 1 is 72 pixels to the inch. */
export async function renderPages(pdf: Buffer, scale: number): Promise<Bitmap[]> {
  library ??= PDFiumLibrary.init();
  const document = await (await library).loadDocument(pdf);
  try {
    const bitmaps: Bitmap[] = [];
    for (const page of document.pages()) {
      const { data, width, height } = await page.render({ scale, render: async ({ data }) => data });
      bitmaps.push({ width, height, rgb: withoutAlpha(data) });
    }
    return bitmaps;
  } finally {
    document.destroy();
  }
}

/** pdfium returns reversed bytes: RGBA, drawn on white. */
function withoutAlpha(rgba: Uint8Array): Buffer {
  const rgb = Buffer.alloc((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

function oneTall(pages: Bitmap[]): Bitmap {
  const height = pages.reduce((sum, page) => sum + page.height, 0);
  return { width: pages[0]!.width, height, rgb: Buffer.concat(pages.map((page) => page.rgb)) };
}
