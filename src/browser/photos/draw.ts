const LONGEST_SIDE = 2688;
const QUALITY = 0.85;

export interface Drawn {
  /** a JPEG */
  bytes: Uint8Array<ArrayBuffer>;
  /** size of the picture before it was reduced */
  width: number;
  height: number;
}

function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  return pen;
}

/**
 * False when the browser returns noise instead of the drawing (protection against fingerprints), which must
 * not become evidence.
 */
export function canDraw(): boolean {
  const canvas = document.createElement("canvas");
  if (!canvas.toBlob) return false;
  canvas.width = canvas.height = 1;
  const pen = penOf(canvas);
  pen.fillStyle = "#336699";
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
  return Math.abs(red - 0x33) + Math.abs(green - 0x66) + Math.abs(blue - 0x99) < 6;
}

/**
 * Draws the picture as a JPEG of at most LONGEST_SIDE pixels; throws when the browser cannot open or write
 * it.
 */
export async function draw(blob: Blob): Promise<Drawn> {
  const url = URL.createObjectURL(blob);
  const canvas = document.createElement("canvas");
  try {
    const image = await load(url);
    const { naturalWidth: width, naturalHeight: height } = image;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = penOf(canvas);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return { bytes: await jpegOf(canvas), width, height };
  } finally {
    URL.revokeObjectURL(url);
    // An iPhone counts the canvases of a page until they are emptied.
    canvas.width = canvas.height = 0;
  }
}

function load(url: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = url;
  });
}

async function jpegOf(canvas: HTMLCanvasElement): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  // A canvas that is too large gives nothing; a browser that cannot write JPEG gives PNG.
  if (blob === null || blob.type !== "image/jpeg") throw new Error("no JPEG");
  return new Uint8Array(await new Response(blob).arrayBuffer());
}
