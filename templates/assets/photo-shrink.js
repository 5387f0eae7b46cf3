// A very large picture is made smaller on the phone: a dozen megabytes at the roadside are minutes of waiting. Plates stay readable, the
// camera's own time, place and orientation (EXIF) stay with it, and what it was before is told. Whatever fails on the way: it goes as it is.
// Old WebViews run this: the language of 2017, and nothing that is not looked for first.
const LONGEST_SIDE = 2688;
const QUALITY = 0.85;
const LARGE_BYTES = 3 * 1024 * 1024;
const LARGE_PIXELS = 16000000;
/** On a slow network it is worth the trouble earlier. */
const LARGE_WHEN_SLOW_BYTES = 1024 * 1024;

/** `{ bytes, from }`; `from` { width, height, bytes } where it has been made smaller, else null. */
export async function shrunk(bytes, type) {
  try {
    const smaller = await tryToShrink(new Uint8Array(bytes), type);
    if (smaller) return smaller;
  } catch (_) {
    // Not a picture that this browser can draw, or no memory for it: the server judges it.
  }
  return { bytes, from: null };
}

async function tryToShrink(bytes, type) {
  const jpeg = readJpeg(bytes);
  // Only the phone that made it can open its own format; the server takes three.
  const isForeign = !jpeg && /hei[cf]/.test(type);
  if (!isForeign && !isLarge(bytes.length, jpeg)) return null;
  if (!canDraw()) return null;
  const drawn = await draw(jpeg ? jpeg.bare : new Blob([bytes], { type }));
  if (!isForeign && drawn.bytes.length > bytes.length * 0.8) return null;
  const { width, height, exif = null } = jpeg || drawn;
  const out = exif ? withExif(drawn.bytes, exif) : drawn.bytes;
  return { bytes: out.buffer, from: { width, height, bytes: bytes.length } };
}

function isLarge(size, jpeg) {
  if (size > LARGE_BYTES || (jpeg && jpeg.width * jpeg.height > LARGE_PIXELS)) return true;
  return size > LARGE_WHEN_SLOW_BYTES && isSlow();
}

function isSlow() {
  const net = navigator.connection;
  return (
    Boolean(net) && (net.saveData === true || /2g|3g/.test(`${net.effectiveType} ${net.type}`) || net.downlink < 1)
  );
}

/**
 * Size and EXIF of a JPEG, null for anything else; `bare` is the same picture without EXIF. Some browsers turn a picture as EXIF says when they
 * draw it, some do not: of a bare one all draw what the sensor saw, and the EXIF that goes back with it is as true as before.
 */
function readJpeg(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  let exif = null;
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    const end = at + 2 + bytes[at + 2] * 256 + bytes[at + 3];
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xe1 && !exif && isExif(bytes, at + 4)) exif = { at, end };
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const [height, width] = [bytes[at + 5] * 256 + bytes[at + 6], bytes[at + 7] * 256 + bytes[at + 8]];
      const parts = exif ? [bytes.subarray(0, exif.at), bytes.subarray(exif.end)] : [bytes];
      return {
        width,
        height,
        exif: exif && bytes.subarray(exif.at, exif.end),
        bare: new Blob(parts, { type: "image/jpeg" }),
      };
    }
    at = end;
  }
  return null;
}

const isExif = (bytes, at) => String.fromCharCode.apply(null, bytes.subarray(at, at + 6)) === "Exif\0\0";

/** Right after the first two bytes, where EXIF belongs. */
function withExif(jpeg, exif) {
  const out = new Uint8Array(jpeg.length + exif.length);
  out.set(jpeg.subarray(0, 2));
  out.set(exif, 2);
  out.set(jpeg.subarray(2), 2 + exif.length);
  return out;
}

/** Some browsers give back noise instead of what was drawn, so that nobody is known by his canvas: no evidence may come of that. */
function canDraw() {
  const canvas = document.createElement("canvas");
  if (!canvas.toBlob) return false;
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#336699";
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return Math.abs(red - 0x33) + Math.abs(green - 0x66) + Math.abs(blue - 0x99) < 6;
}

async function draw(blob) {
  const url = URL.createObjectURL(blob);
  const canvas = document.createElement("canvas");
  try {
    const image = await load(url);
    const { naturalWidth: width, naturalHeight: height } = image;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return { bytes: await jpegOf(canvas), width, height };
  } finally {
    URL.revokeObjectURL(url);
    // An iPhone counts the canvases of a page until somebody has emptied them.
    canvas.width = canvas.height = 0;
  }
}

function load(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = url;
  });
}

async function jpegOf(canvas) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  // A canvas that is too large gives nothing, a browser that writes no JPEG gives PNG.
  if (blob === null || blob.type !== "image/jpeg") throw new Error("no JPEG");
  return new Uint8Array(await new Response(blob).arrayBuffer());
}
