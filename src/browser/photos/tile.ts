import { all, one } from "../dom.ts";
import type { ShownPlate } from "./answer.ts";

/** A slot's tile on the page. Its data-state: empty, sending, waiting, stored, failed, announced, refused. */
export type Tile = HTMLElement;

export const stateOf = (tile: Tile): string => tile.dataset["state"] || "empty";
export const slotOf = (tile: Tile): string => tile.dataset["slot"] ?? "";
export const pictureOf = (tile: Tile): HTMLImageElement => one<HTMLImageElement>("img", tile);

/** Sets or removes an attribute without a value (`toggleAttribute` came with Chrome 69 and iOS 12). */
export function mark(element: HTMLElement, name: string, isOn: boolean): void {
  if (isOn) element.setAttribute(name, "");
  else element.removeAttribute(name);
}

export const part = (tile: ParentNode, name: string): HTMLElement | null =>
  tile.querySelector<HTMLElement>(`[data-${name}]`);

/** Sets the text of a part of the tile; an empty part is hidden. */
export function write(tile: ParentNode, name: string, words: string): void {
  const element = part(tile, name);
  if (!element) return;
  element.textContent = words;
  element.hidden = words === "";
}

export function setState(tile: Tile, name: string, words: string): void {
  tile.dataset["state"] = name;
  one("progress", tile).hidden = name !== "sending";
  write(tile, "state-text", words);
}

export function copyState(tile: Tile, to: HTMLElement): void {
  to.dataset["state"] = tile.dataset["state"];
  mark(to, "data-warned", "warned" in tile.dataset);
}

/** Shows the plate that was read after `words`; hides the line without one. */
export function drawPlate(tile: Tile, plate: ShownPlate | null | undefined, words = ""): void {
  const place = part(tile, "plate");
  if (!place) return;
  place.hidden = !plate;
  place.textContent = "";
  if (!plate) return;
  const drawn = document.createElement("span");
  drawn.className = `kc-plate kc-plate_${plate.sheet} kc-plate_small`;
  for (const { text, red } of plate.runs) {
    const run = document.createElement(red ? "i" : "span");
    run.textContent = text;
    drawn.append(run);
  }
  place.append(`${words} `, drawn);
}

/** Fills the forms that move a picture to another slot, by its id. */
export function offerMoves({ slot, photo, thumb }: { slot: string; photo: string; thumb: string | null }): void {
  const set = (form: HTMLFormElement, name: string, value: string) => {
    one<HTMLInputElement>(`[name=${name}]`, form).value = value;
  };
  for (const pair of all<HTMLFormElement>(`[data-pair~="${slot}"]`)) {
    set(pair, "photo", photo);
    set(pair, "slot", (pair.dataset["pair"] ?? "").split(" ").find((other) => other !== slot) ?? "");
  }
  for (const button of all(`[data-with~="${slot}"]`)) button.hidden = false;
  const row = document.querySelector<HTMLFormElement>(`[data-move="${slot}"]`);
  if (!row) return;
  row.hidden = false;
  set(row, "photo", photo);
  if (thumb) pictureOf(row).src = thumb;
  one("[data-misplaced]").hidden = false;
}

/**
 * Pictures in the tiles: a preview until the server has its own, the previous picture again when it was
 * refused.
 */
export function createPreviews() {
  const before = new Map<Tile, string>();
  const release = ({ src }: HTMLImageElement) => {
    if (src.startsWith("blob:")) URL.revokeObjectURL(src);
  };
  return {
    show(tile: Tile, blob: Blob): void {
      const picture = pictureOf(tile);
      if (!picture.src.startsWith("blob:")) before.set(tile, picture.src);
      release(picture);
      picture.src = URL.createObjectURL(blob);
    },
    /** A refused picture may be none at all. */
    drop(tile: Tile): void {
      const picture = pictureOf(tile);
      release(picture);
      const src = before.get(tile);
      if (src !== undefined) picture.src = src;
    },
    /** `thumb`: address of the server's picture */
    replace(tile: Tile, thumb: string | null): void {
      const picture = pictureOf(tile);
      if (thumb) {
        release(picture);
        picture.src = thumb;
      }
      before.delete(tile);
    },
  };
}
