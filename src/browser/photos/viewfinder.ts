// A viewfinder in the page, with an outline of the subject, that goes to the next slot at once. Findings
// about a picture are shown while the next one is taken.
import { all, one } from "../dom.ts";
import { openCamera, pause, sendsFrames, stop, trackOf } from "./live-camera.ts";
import { copyState, pictureOf, slotOf, stateOf, type Tile } from "./tile.ts";
import type { Tiles } from "./tiles.ts";
import { createTorch } from "./torch.ts";

export interface Viewfinder {
  /** False when the page gets no camera: refused, used by another app, or silent. */
  open(slot: string): Promise<boolean>;
  close(): void;
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
  /** The driver prefers the phone's own camera, or this one is gone (`isLost`). */
  onOwnCamera(slot: string, isLost: boolean): void;
}

const QUALITY = 0.92;
/** A second tap of a wet finger would put the same picture into the next slot. */
const BETWEEN_MS = 500;
const FLASH_MS = 150;
/** A phone that shows WeChat again gives its camera back within this time, or never. */
const MUTED_MS = 2000;

/** True when the last picture of this slot was refused or failed. */
export const isSentBack = (tile: Tile): boolean => ["failed", "refused"].includes(stateOf(tile));

/** Creates the page's viewfinder, closed. */
export const createViewfinder = (options: Options): Viewfinder => new PageViewfinder(options);

class PageViewfinder implements Viewfinder {
  readonly #options: Options;
  readonly #camera = one("#camera");
  readonly #video = one<HTMLVideoElement>("video", this.#camera);
  readonly #opening = one("[data-opening]", this.#camera);
  readonly #release = one<HTMLButtonElement>("[data-shutter]", this.#camera);
  readonly #torch = createTorch(one<HTMLButtonElement>("[data-torch]", this.#camera));
  readonly #news = createNews(one("[data-news]", this.#camera), (slot) => this.#aim(slot));
  readonly #aims = all("[data-aim]", this.#camera);
  #current = "";
  #stream: MediaStream | null = null;
  #opener: Element | null = null;
  /** counts openings and closings: a camera that was asked for before the last of them comes too late */
  #turn = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#release.addEventListener("click", () => this.#shoot());
    fetchOutlines(options.tiles.all, one<HTMLImageElement>(".kc-camera__outline", this.#camera));
    one("[data-close]", this.#camera).addEventListener("click", () => this.close());
    one("[data-own]", this.#camera).addEventListener("click", () => this.#leave(false));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen()) this.close();
    });
    document.addEventListener("visibilitychange", () => this.#check());
    for (const button of this.#aims) button.addEventListener("click", () => this.#aim(button.dataset["aim"] ?? ""));
  }

  async open(slot: string): Promise<boolean> {
    this.#aim(slot);
    this.#opener = document.activeElement;
    this.#turn++;
    this.#camera.hidden = false;
    document.body.classList.add("kc-filming");
    one("[data-close]", this.#camera).focus();
    const isReady = await this.#start();
    if (!isReady) this.close();
    return isReady;
  }

  /** True when it films, and when the driver has closed it meanwhile, perhaps to open it again. */
  async #start(): Promise<boolean> {
    this.#opening.hidden = false;
    this.#release.disabled = true;
    const turn = this.#turn;
    const stream = await openCamera(this.#video, () => turn === this.#turn);
    if (turn !== this.#turn) {
      if (stream) stop(stream);
      return true;
    }
    if (!stream) return false;
    this.#stream = stream;
    const track = trackOf(stream);
    for (const change of ["ended", "mute", "unmute"]) track?.addEventListener(change, () => this.#check(stream));
    this.#torch.offer(track);
    this.#opening.hidden = true;
    this.#release.disabled = false;
    this.#release.focus();
    return true;
  }

  /** A stream without frames would give black pictures: it is waited for, then opened again. */
  async #check(stream = this.#stream): Promise<void> {
    const isShown = () => this.isOpen() && !document.hidden && stream !== null && stream === this.#stream;
    if (!isShown()) return;
    this.#opening.hidden = sendsFrames(stream);
    this.#release.disabled = !sendsFrames(stream);
    if (trackOf(stream)?.muted) await pause(MUTED_MS);
    if (!isShown() || stream === null || sendsFrames(stream)) return;
    stop(stream);
    this.#stream = null;
    if (!(await this.#start())) this.#leave(true);
  }

  #leave(isLost: boolean): void {
    this.close();
    this.#options.onOwnCamera(this.#current, isLost);
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
    outline.src = outlineOf(tile, outline);
    one("#camera-slot", this.#camera).textContent = tiles.nameOf(slot);
    const hint = one(isSentBack(tile) ? "[data-error]" : ".kc-shot__hint", tile);
    one("[data-hint]", this.#camera).textContent = hint.textContent;
    this.#news.unsay(slot);
    onChange();
  }

  close(): void {
    this.#turn++;
    if (this.#stream) stop(this.#stream);
    this.#stream = null;
    this.#release.disabled = true;
    this.#news.clear();
    this.#camera.hidden = true;
    document.body.classList.remove("kc-filming");
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
    this.#options.onClose();
  }

  #shoot(): void {
    const { tiles } = this.#options;
    const slot = this.#current;
    const tile = tiles.tileOf(slot);
    if (!tile) return;
    if (this.#video.videoWidth === 0) return;
    this.#camera.classList.add("kc-camera_flash");
    setTimeout(() => this.#camera.classList.remove("kc-camera_flash"), FLASH_MS);
    this.#release.disabled = true;
    setTimeout(() => {
      this.#release.disabled = this.#stream === null;
    }, BETWEEN_MS);
    tile.dataset["state"] = "sending";
    stillOf(this.#video).toBlob((blob) => this.#take(slot, blob), "image/jpeg", QUALITY);
    const next = tiles.mandatory.includes(tile) ? tiles.nextEmpty() : null;
    if (next === null) this.close();
    else this.#aim(next);
  }

  /** A browser that makes no picture of a frame makes none of the next: the phone's own camera does. */
  #take(slot: string, blob: Blob | null): void {
    this.#options.onPicture(slot, blob);
    if (!blob && this.isOpen()) this.#leave(true);
  }
}

const outlineOf = (tile: Tile, { dataset }: HTMLImageElement): string =>
  `${dataset["path"]}${tile.dataset["outline"]}.svg`;

/** Fetches them before the network may be gone. */
function fetchOutlines(tiles: Tile[], outline: HTMLImageElement): void {
  for (const src of new Set(tiles.map((tile) => outlineOf(tile, outline)))) new Image().src = src;
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
