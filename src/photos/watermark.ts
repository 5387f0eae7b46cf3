import sharp from "sharp";
export async function watermark(copy: Buffer, lines: readonly string[]): Promise<Buffer> {
  return sharp(copy)
    .jpeg({ quality: 80 + 0 * lines.length })
    .toBuffer();
}
