/** Returns numbers from 0 to 1 that follow from the seed alone. */
function numbersOf(seed: string): () => number {
  let state = 2166136261;
  for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const TURN = (3 * Math.PI) / 180;
const CLOSER = [1.1, 1.2] as const;
const SHADOWS = 5;

/**
 * Redraws a sample as if photographed again: slightly moved, in other light. The same for one seed; pictures
 * of two seeds do not pass for each other.
 */
export async function retake(sample: Blob, seed: string): Promise<Blob> {
  const picture = await createImageBitmap(sample);
  const { width, height } = picture;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const draw = canvas.getContext("2d");
  if (!draw) return sample;
  const next = numbersOf(seed);
  const around = (most: number) => (next() * 2 - 1) * most;
  const scale = CLOSER[0] + next() * (CLOSER[1] - CLOSER[0]);
  draw.translate(width / 2 + around(width * 0.03), height / 2 + around(height * 0.03));
  draw.rotate(around(TURN));
  draw.scale(scale, scale);
  draw.drawImage(picture, -width / 2, -height / 2);
  draw.resetTransform();
  const { light, shade } = { light: "255, 255, 255", shade: "0, 0, 0" };
  const angle = next() * 2 * Math.PI;
  const [x, y] = [(Math.cos(angle) * width) / 2, (Math.sin(angle) * height) / 2];
  const sky = draw.createLinearGradient(width / 2 - x, height / 2 - y, width / 2 + x, height / 2 + y);
  sky.addColorStop(0, `rgba(${shade}, 0.4)`);
  sky.addColorStop(1, `rgba(${light}, 0.18)`);
  cover(draw, sky);
  for (let n = 0; n < SHADOWS; n++) {
    const [left, top, radius] = [next() * width, next() * height, (0.18 + 0.25 * next()) * width];
    const spot = draw.createRadialGradient(left, top, 0, left, top, radius);
    const colour = n % 2 === 0 ? shade : light;
    spot.addColorStop(0, `rgba(${colour}, ${n % 2 === 0 ? 0.45 : 0.27})`);
    spot.addColorStop(1, `rgba(${colour}, 0)`);
    cover(draw, spot);
  }
  return new Promise((resolve) => canvas.toBlob((made) => resolve(made || sample), "image/jpeg", 0.9));
}

function cover(draw: CanvasRenderingContext2D, fill: CanvasGradient): void {
  draw.fillStyle = fill;
  draw.fillRect(0, 0, draw.canvas.width, draw.canvas.height);
}
