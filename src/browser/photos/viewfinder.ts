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
export const createViewfinder = (options: Options): Viewfinder => new PageViewfinder(options);

class PageViewfinder implements Viewfinder {
  readonly #options: Options;
  readonly #camera = one("#camera");
  readonly #video = one<HTMLVideoElement>("video", this.#camera);
  readonly #release = one<HTMLButtonElement>("[data-shutter]", this.#camera);
  readonly #torch = createTorch(one<HTMLButtonElement>("[data-torch]", this.#camera));
  readonly #news = createNews(one("[data-news]", this.#camera), (slot) => this.#aim(slot));
  readonly #aims = all("[data-aim]", this.#camera);
  #current = "";
  #stream: MediaStream | null = null;

  constructor(options: Options) {
    this.#options = options;
    this.#release.addEventListener("click", () => this.#shoot());
    one("[data-close]", this.#camera).addEventListener("click", () => this.#close());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen()) this.#close();
    });
    for (const button of this.#aims) button.addEventListener("click", () => this.#aim(button.dataset["aim"] ?? ""));
  }

  async open(slot: string): Promise<boolean> {
    this.#aim(slot);
    if (!this.#stream) {
      try {
        this.#stream = await navigator.mediaDevices.getUserMedia({ video: WISH, audio: false });
      } catch {
        return false;
      }
    }
    this.#video.srcObject = this.#stream;
    this.#camera.hidden = false;
    document.body.classList.add("kc-filming");
    this.#torch.offer(this.#stream.getVideoTracks()[0]);
    await this.#video.play();
    this.#release.disabled = false;
    this.#release.focus();
    return true;
  }

  isOpen(): boolean {
    return !this.#camera.hidden;
  }

  renew(): void {
    const { tiles } = this.#options;
    for (const button of this.#aims) copyTile(tiles.tileOf(button.dataset["aim"] ?? ""), button, this.#current);
    one("[data-count]", this.#camera).textContent = tiles.mandatory.length > 0 ? tiles.done() : "";
  }

  say(slot: string, sentence: string): void {
    if (this.isOpen()) this.#news.say(slot, `${this.#options.tiles.nameOf(slot)} · ${sentence}`);
  }

  unsay(slot: string): void {
    this.#news.unsay(slot);
  }

  #aim(slot: string): void {
    const { tiles, onChange } = this.#options;
    const tile = tiles.tileOf(slot);
    if (!tile) return;
    this.#current = slot;
    const outline = one<HTMLImageElement>(".kc-camera__outline", this.#camera);
    outline.src = `${outline.dataset["path"]}${tile.dataset["outline"]}.svg`;
    one("#camera-slot", this.#camera).textContent = tiles.nameOf(slot);
    const hint = one(isSentBack(tile) ? "[data-error]" : ".kc-shot__hint", tile);
    one("[data-hint]", this.#camera).textContent = hint.textContent;
    this.#news.unsay(slot);
    onChange();
  }

  #close(): void {
    if (this.#stream) for (const track of this.#stream.getTracks()) track.stop();
    this.#stream = null;
    this.#release.disabled = true;
    this.#news.clear();
    this.#camera.hidden = true;
    document.body.classList.remove("kc-filming");
    this.#options.onClose();
  }

  #shoot(): void {
    const { tiles, onPicture } = this.#options;
    const slot = this.#current;
    const tile = tiles.tileOf(slot);
    if (!tile) return;
    this.#camera.classList.add("kc-camera_flash");
    setTimeout(() => this.#camera.classList.remove("kc-camera_flash"), FLASH_MS);
    this.#release.disabled = true;
    setTimeout(() => {
      this.#release.disabled = this.#stream === null;
    }, BETWEEN_MS);
    tile.dataset["state"] = "sending";
    stillOf(this.#video).toBlob((blob) => onPicture(slot, blob), "image/jpeg", QUALITY);
    const next = tiles.mandatory.includes(tile) ? tiles.nextEmpty() : null;
    if (next === null) this.#close();
    else this.#aim(next);
  }
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
