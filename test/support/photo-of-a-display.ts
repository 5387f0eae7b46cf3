import sharp from "sharp";

export interface DisplayShot {
  /** points of the camera for one of the display */
  pitch: number;
  /** of the camera against the display */
  degrees: number;
  width: number;
  height: number;
}

/** Where a camera's pixel gathers its light, with shares. */
const TAPS = [-0.7, 0, 0.7].flatMap((y) =>
  [-0.7, 0, 0.7].map((x) => [x, y, Math.exp((-x * x - y * y) / 0.98)] as const),
);
const TOTAL = TAPS.reduce((sum, [, , share]) => sum + share, 0);
const LINEAR = Float32Array.from({ length: 256 }, (_, value) => (value / 255) ** 2.2);

/**
 * Simulates a camera's picture of a display: each pixel of the display is three coloured stripes, each pixel
 * of the camera sees one colour (RGGB).
 */
export async function photoOfADisplay(picture: Buffer, shot: DisplayShot): Promise<Buffer> {
  const { pitch, width, height } = shot;
  const side = Math.ceil(Math.hypot(width, height) / pitch) + 4;
  const shown = await sharp(picture)
    .resize(side, side, { fit: "cover" })
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer();
  const seen = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) seen[y * width + x] = lightAt({ shown, side }, shot, x, y);
  return sharp(coloured(seen, width, height), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

const colourAt = (x: number, y: number) => (y % 2 === 0 ? x % 2 : 1 + (x % 2));

function lightAt(
  { shown, side }: { shown: Buffer; side: number },
  { pitch, degrees, width, height }: DisplayShot,
  x: number,
  y: number,
): number {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const colour = colourAt(x, y);
  let light = 0;
  for (const [dx, dy, share] of TAPS) {
    const [px, py] = [x + dx - width / 2, y + dy - height / 2];
    const [u, v] = [(px * cos + py * sin) / pitch + side / 2, (py * cos - px * sin) / pitch + side / 2];
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const inStripe = Math.abs((u - column) * 3 - colour - 0.5) < 0.4 && v - row < 0.88;
    if (inStripe) light += share * LINEAR[shown[(row * side + column) * 3 + colour] ?? 0]!;
  }
  return Math.round(255 * Math.min(1, (3.6 * light) / TOTAL) ** (1 / 2.2));
}

/** Each colour where it was not seen is the mean of where it was, round about. */
function coloured(seen: Uint8Array, width: number, height: number): Buffer {
  const out = Buffer.alloc(width * height * 3);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const [sums, counts] = [
        [0, 0, 0],
        [0, 0, 0],
      ] as [number[], number[]];
      for (let j = y - 1; j <= y + 1; j++) {
        for (let i = x - 1; i <= x + 1; i++) {
          const colour = colourAt(i, j);
          sums[colour]! += seen[j * width + i]!;
          counts[colour]!++;
        }
      }
      for (let colour = 0; colour < 3; colour++)
        out[(y * width + x) * 3 + colour] = Math.round(sums[colour]! / counts[colour]!);
    }
  }
  return out;
}
