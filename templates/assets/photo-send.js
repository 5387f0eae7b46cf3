// One picture to the server: a small one at once, any other in pieces. What has arrived before a break is not sent again, and the same picture
// twice is one picture there. Old WebViews run this: the language of 2017, and nothing that is not looked for first.
const SMALL_BYTES = 512 * 1024;
const MOST_BYTES = 12 * 1024 * 1024;
/** For bytes the server waits two minutes; what is answered without any need not be waited for so long. */
const SENDING_MS = 110000;
const ASKING_MS = 45000;

/** The name of a picture under which its pieces are known; null where the browser cannot tell (a page without https). */
export async function nameOf(bytes) {
  if (!self.crypto || !crypto.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `item` { slot, bytes, sha256, from }. Answers { status, answer, retryAfterS }; status 0: nobody has answered. */
export function sendPhoto(form, item, onProgress) {
  const base = form.dataset.uploads || form.action.replace(/\/photos$/, "/uploads");
  const size = item.bytes.byteLength;
  const about = describe(item);
  // Too large: the server says so in the reader's words, before anything is sent.
  if (size > MOST_BYTES) return call(form, item, { method: "POST", url: `${base}/${"0".repeat(64)}`, text: about });
  if (item.sha256 && size > SMALL_BYTES)
    return sendPieces(form, item, { url: `${base}/${item.sha256}`, about, onProgress });
  return call(form, item, { method: "POST", url: `${base}?${about}`, bytes: item.bytes, onProgress });
}

function describe({ slot, bytes, from }) {
  const about = { slot, bytes: bytes.byteLength };
  if (from) Object.assign(about, { fromWidth: from.width, fromHeight: from.height, fromBytes: from.bytes });
  return Object.keys(about)
    .map((name) => `${name}=${about[name]}`)
    .join("&");
}

async function sendPieces(form, item, { url, about, onProgress }) {
  const state = await call(form, item, { method: "GET", url });
  if (state.status !== 200) return state;
  const { pieceBytes, pieces, slots } = state.answer;
  const total = Math.ceil(item.bytes.byteLength / pieceBytes);
  for (let n = 0; n < total && slots.indexOf(item.slot) < 0; n++) {
    onProgress(n / total);
    if (pieces.indexOf(n) >= 0) continue;
    const bytes = item.bytes.slice(n * pieceBytes, (n + 1) * pieceBytes);
    const sent = await call(form, item, { method: "PUT", url: `${url}/${n}`, bytes });
    if (sent.status !== 200) return sent;
  }
  onProgress(1);
  return call(form, item, { method: "POST", url, text: about });
}

/** `item.abort` breaks it off: there is a newer picture for that place. */
function call(form, item, { method, url, bytes, text, onProgress }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("x-csrf-token", form.elements._csrf.value);
    if (bytes) request.setRequestHeader("content-type", "application/octet-stream");
    if (text) request.setRequestHeader("content-type", "application/x-www-form-urlencoded");
    request.timeout = bytes ? SENDING_MS : ASKING_MS;
    if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded / (event.total || 1));
    request.onload = () => {
      const answer = parse(request.responseText);
      // A page instead of an answer is a hotel's or a tunnel's, not ours.
      const status = answer === null && request.status < 300 ? 0 : request.status;
      const retryAfterS = Number(request.getResponseHeader("retry-after")) || 0;
      resolve({ status, answer: answer || {}, retryAfterS });
    };
    request.onerror = request.ontimeout = request.onabort = () => resolve({ status: 0, answer: {}, retryAfterS: 0 });
    item.abort = () => request.abort();
    if (item.isDropped) return request.onabort();
    request.send(bytes || text);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return null;
  }
}
