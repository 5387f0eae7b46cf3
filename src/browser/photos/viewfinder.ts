// A viewfinder in the page, with an outline of the subject, that goes to the next slot at once. Findings
// about a picture are shown while the next one is taken.
import { all, one } from "../dom.ts";
import { copyState, pictureOf, slotOf, stateOf, type Tile } from "./tile.ts";
import type { Tiles } from "./tiles.ts";
import { createTorch } from "./torch.ts";

export interface Viewfinder {
  /** False when the page gets no camera: refused, or used by another app. */
  open(slot: string): Promise<boolean>;
  isOpen(): boolean;
  renew(): void;
  /** Shows in the open viewfinder what became of a slot's picture; its button leads back there. */
  say(slot: string, sentence: string): void;
  /** Removes the message about a slot: there is a newer picture. */
  unsay(slot: string): void;
}

interface Options {
  tiles: Tiles;
  /** null when the browser could not make a picture */
  onPicture(slot: string, blob: Blob | null): void;
  onChange(): void;
  onClose(): void;
}

const QUALITY = 0.92;
/** A second tap of a wet finger would put the same picture into the next slot. */
const BETWEEN_MS = 500;
const FLASH_MS = 150;
const WISH = { facingMode: { ideal: "environment" }, width: { ideal: 3840 }, height: { ideal: 2160 } };

/** True when the last picture of this slot was refused or failed. */
export const isSentBack = (tile: Tile): boolean => ["failed", "refused"].includes(stateOf(tile));

/** Creates the page's viewfinder, closed. */
export function createViewfinder({ tiles, onPicture, onChange, onClose }: Options): Viewfinder {
  const camera = one("#camera");
  const video = one<HTMLVideoElement>("video", camera);
  const release = one<HTMLButtonElement>("[data-shutter]", camera);
  const torch = createTorch(one<HTMLButtonElement>("[data-torch]", camera));
  const news = createNews(one("[data-news]", camera), aim);
  let current = "";
  let stream: MediaStream | null = null;

  async function open(slot: string): Promise<boolean> {
    aim(slot);
    if (!stream) {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: WISH, audio: false });
      } catch {
        return false;
      }
    }
    video.srcObject = stream;
    camera.hidden = false;
    document.body.classList.add("kc-filming");
    torch.offer(stream.getVideoTracks()[0]);
    await video.play();
    release.disabled = false;
    release.focus();
    return true;
  }

  function aim(slot: string): void {
    const tile = tiles.tileOf(slot);
    if (!tile) return;
    current = slot;
    const outline = one<HTMLImageElement>(".kc-camera__outline", camera);
    outline.src = `${outline.dataset["path"]}${tile.dataset["outline"]}.svg`;
    one("#camera-slot", camera).textContent = tiles.nameOf(slot);
    const hint = one(isSentBack(tile) ? "[data-error]" : ".kc-shot__hint", tile);
    one("[data-hint]", camera).textContent = hint.textContent;
    news.unsay(slot);
    onChange();
  }

  function close(): void {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    release.disabled = true;
    news.clear();
    camera.hidden = true;
    document.body.classList.remove("kc-filming");
    onClose();
  }

  function shoot(): void {
    const tile = tiles.tileOf(current);
    if (!tile) return;
    const slot = current;
    camera.classList.add("kc-camera_flash");
    setTimeout(() => camera.classList.remove("kc-camera_flash"), FLASH_MS);
    release.disabled = true;
    setTimeout(() => {
      release.disabled = stream === null;
    }, BETWEEN_MS);
    tile.dataset["state"] = "sending";
    stillOf(video).toBlob((blob) => onPicture(slot, blob), "image/jpeg", QUALITY);
    const next = tiles.mandatory.includes(tile) ? tiles.nextEmpty() : null;
    if (next === null) close();
    else aim(next);
  }

  release.addEventListener("click", shoot);
  one("[data-close]", camera).addEventListener("click", close);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !camera.hidden) close();
  });
  for (const button of all("[data-aim]", camera))
    button.addEventListener("click", () => aim(button.dataset["aim"] ?? ""));

  return {
    open,
    isOpen: () => !camera.hidden,
    renew() {
      for (const button of all("[data-aim]", camera))
        copyTile(tiles.tileOf(button.dataset["aim"] ?? ""), button, current);
      one("[data-count]", camera).textContent = tiles.mandatory.length > 0 ? tiles.done() : "";
    },
    say(slot, sentence) {
      if (!camera.hidden) news.say(slot, `${tiles.nameOf(slot)} · ${sentence}`);
    },
    unsay: news.unsay,
  };
}

/** The strip of the viewfinder copies the tiles. */
function copyTile(tile: Tile | null, button: HTMLElement, current: string): void {
  if (!tile) return;
  copyState(tile, button);
  const [from, to] = [pictureOf(tile), pictureOf(button)];
  if (to.src !== from.src) to.src = from.src;
  button.setAttribute("aria-current", String(slotOf(tile) === current));
}

function stillOf(video: HTMLVideoElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const pen = canvas.getContext("2d");
  if (pen) pen.drawImage(video, 0, 0);
  return canvas;
}

/** The viewfinder's line about the previous picture. */
function createNews(line: HTMLElement, aim: (slot: string) => void) {
  let about = "";
  one("button", line).addEventListener("click", () => aim(about));
  return {
    say(slot: string, words: string): void {
      about = slot;
      one("span", line).textContent = words;
      line.hidden = false;
    },
    unsay(slot: string): void {
      if (slot === about) line.hidden = true;
    },
    clear(): void {
      line.hidden = true;
    },
  };
}
