import sharp from "sharp";

/** 4,032 × 3,024: noise over a gradient, as many bytes as a phone's picture has. */
export async function phonePicture(): Promise<Buffer> {
  const [width, height] = [4032, 3024];
  const pixels = Buffer.alloc(width * height * 3);
  let seed = 42;
  for (let at = 0; at < pixels.length; at += 3) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const grain = (seed >>> 27) - 16;
    const pixel = at / 3;
    const across = ((pixel % width) / width) * 200;
    const down = (pixel / width / height) * 200;
    pixels[at] = 28 + across + grain;
    pixels[at + 1] = 28 + down + grain;
    pixels[at + 2] = 228 - across + grain;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
}
