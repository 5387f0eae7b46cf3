// Sends one picture: a small one in one request, any other in pieces. Pieces that arrived before an
// interruption are not sent again, and the same picture twice is one picture to the server.
import { textOf } from "../dom.ts";
import type { PhotoAnswer, PhotoError } from "./answer.ts";
import type { Original } from "./shrink.ts";

const SMALL_BYTES = 512 * 1024;
const MOST_BYTES = 12 * 1024 * 1024;
/** The server waits two minutes for bytes. */
const SENDING_MS = 110000;
const ASKING_MS = 45000;

export interface Sending {
  slot: string;
  bytes: ArrayBuffer;
  /** hex; null when the browser cannot compute it (a page without https) */
  sha256?: string | null;
  /** size of the picture before it was reduced */
  from?: Original | null;
  /** a newer picture has replaced it */
  isDropped?: boolean;
  /** aborts the running request */
  abort?: () => void;
}

export interface Sent {
  /** HTTP status; 0 without an answer */
  status: number;
  answer: Partial<PhotoAnswer> & { error?: PhotoError };
  retryAfterS: number;
}

/** Answer of GET …/uploads/SHA256. */
interface UploadState {
  pieceBytes: number;
  /** numbers of the pieces that have arrived */
  pieces: number[];
  /** slots in which this picture is stored already */
  slots: string[];
}

type Progress = (share: number) => void;

/**
 * Returns the SHA-256 in hex, which names the pieces of a picture; null when the browser cannot compute it.
 */
export async function nameOf(bytes: ArrayBuffer): Promise<string | null> {
  if (!self.crypto || !crypto.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends the picture of `item`; `onProgress` gets 0..1. */
export function sendPhoto(form: HTMLFormElement, item: Sending, onProgress: Progress): Promise<Sent> {
  const base = form.dataset["uploads"] || form.action.replace(/\/photos$/, "/uploads");
  const size = item.bytes.byteLength;
  const about = describe(item);
  // Too large: the server answers with the sentence before anything is sent.
  if (size > MOST_BYTES) return call(form, item, { method: "POST", url: `${base}/${"0".repeat(64)}`, text: about });
  if (item.sha256 && size > SMALL_BYTES)
    return sendPieces(form, item, { url: `${base}/${item.sha256}`, about, onProgress });
  return call(form, item, { method: "POST", url: `${base}?${about}`, bytes: item.bytes, onProgress });
}

function describe({ slot, bytes, from }: Sending): string {
  const about = `slot=${slot}&bytes=${bytes.byteLength}`;
  return from ? `${about}&fromWidth=${from.width}&fromHeight=${from.height}&fromBytes=${from.bytes}` : about;
}

interface Pieces {
  url: string;
  about: string;
  onProgress: Progress;
}

async function sendPieces(form: HTMLFormElement, item: Sending, { url, about, onProgress }: Pieces): Promise<Sent> {
  const state = await call(form, item, { method: "GET", url });
  if (state.status !== 200) return state;
  const { pieceBytes, pieces, slots } = state.answer as unknown as UploadState;
  const total = Math.ceil(item.bytes.byteLength / pieceBytes);
  for (let n = 0; n < total && !slots.includes(item.slot); n++) {
    onProgress(n / total);
    if (pieces.includes(n)) continue;
    const bytes = item.bytes.slice(n * pieceBytes, (n + 1) * pieceBytes);
    const sent = await call(form, item, { method: "PUT", url: `${url}/${n}`, bytes });
    if (sent.status !== 200) return sent;
  }
  onProgress(1);
  return call(form, item, { method: "POST", url, text: about });
}

interface Call {
  method: "GET" | "POST" | "PUT";
  url: string;
  bytes?: ArrayBuffer;
  text?: string;
  onProgress?: Progress;
}

function call(form: HTMLFormElement, item: Sending, { method, url, bytes, text, onProgress }: Call): Promise<Sent> {
  return new Promise((resolve) => {
    const unanswered = () => resolve({ status: 0, answer: {}, retryAfterS: 0 });
    if (item.isDropped) return unanswered();
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("x-csrf-token", textOf(form, "_csrf"));
    if (bytes) request.setRequestHeader("content-type", "application/octet-stream");
    if (text) request.setRequestHeader("content-type", "application/x-www-form-urlencoded");
    request.timeout = bytes ? SENDING_MS : ASKING_MS;
    if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded / (event.total || 1));
    request.onload = () => resolve(sentOf(request));
    request.onerror = request.ontimeout = request.onabort = unanswered;
    item.abort = () => request.abort();
    request.send(bytes || text);
  });
}

function sentOf(request: XMLHttpRequest): Sent {
  const answer = parse(request.responseText);
  // A page instead of an answer comes from a captive portal.
  const status = answer === null && request.status < 300 ? 0 : request.status;
  return { status, answer: answer || {}, retryAfterS: Number(request.getResponseHeader("retry-after")) || 0 };
}

function parse(text: string): Sent["answer"] | null {
  try {
    return JSON.parse(text) as Sent["answer"];
  } catch {
    return null;
  }
}
