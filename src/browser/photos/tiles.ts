// The tiles of the photograph page: what each slot holds, its progress, and its findings.
import { all as allOf, one } from "../dom.ts";
import type { PhotoAnswer } from "./answer.ts";
import {
  copyState,
  createPreviews,
  drawPlate,
  mark,
  offerMoves,
  part,
  setState,
  slotOf,
  stateOf,
  type Tile,
  write,
} from "./tile.ts";

const UNDER_WAY = ["sending", "waiting"];
const THERE = ["stored", "sending", "waiting", "announced"];
/**
 * How often a plate that was not read yet is asked for: the reader needs a second or two, and may be absent.
 */
const LOOKS = 15;

export type Tiles = ReturnType<typeof createTiles>;

/** Creates the tiles; `form` carries the sentences (data-text-NAME). */
export function createTiles(form: HTMLFormElement) {
  const all: Tile[] = allOf("[data-slot]").filter((tile) => tile.querySelector("input[type=file]"));
  const mandatory = all.filter((tile) => tile.classList.contains("kc-shot"));
  const tileOf = (slot: string): Tile | null => all.find((tile) => slotOf(tile) === slot) || null;
  const text = (name: string): string => form.getAttribute(`data-text-${name.toLowerCase()}`) ?? "";
  const doneCount = () => mandatory.filter((tile) => THERE.includes(stateOf(tile))).length;
  const isNew = () => mandatory.every((tile) => stateOf(tile) === "empty");
  return {
    all,
    mandatory,
    tileOf,
    text,
    isNew,
    ...createTelling(mandatory, text),
    nameOf(slot: string): string {
      const tile = tileOf(slot);
      const name = tile && one(".kc-shot__name", tile).lastChild;
      return name?.textContent ?? "";
    },
    done: () => `${doneCount()}/${mandatory.length}`,
    isWaiting: () => all.some((tile) => stateOf(tile) === "waiting"),
    isUnderWay: () => all.some((tile) => UNDER_WAY.includes(stateOf(tile))),
    nextEmpty(): string | null {
      const tile = mandatory.find((each) => !THERE.includes(stateOf(each)));
      return tile ? slotOf(tile) : null;
    },
    /** Title and counter. */
    count(): void {
      const counter = document.querySelector("[data-counter]");
      if (!counter) return;
      for (const step of allOf("[data-of]", counter)) {
        const tile = tileOf(step.dataset["of"] ?? "");
        if (tile) copyState(tile, step);
      }
      const safe = mandatory.filter((tile) => stateOf(tile) === "stored").length;
      write(counter, "counted", text("count").replace("{n}", String(safe)));
      if (isNew()) return;
      const left = mandatory.length - doneCount();
      const title = left === 0 ? text("titleDone") : text("titleMore").replace("{n}", String(left));
      const heading = one("h1");
      if (heading.textContent !== title) heading.textContent = title;
    },
  };
}

type Text = (name: string) => string;

/** Creates the functions that write a tile's result: stored or failed, findings and plate. */
function createResults(mandatory: Tile[], text: Text) {
  const previews = createPreviews();

  function told(tile: Tile, answer: PhotoAnswer): void {
    const words = answer.findings.map((finding) => finding.text);
    if (answer.asItIs) words.unshift(text("asItIs"));
    write(tile, "finding", words.join(" "));
    mark(tile, "data-warned", words.length > 0);
    const { plate } = answer;
    drawPlate(tile, plate, text(plate?.sure ? "read" : "readMaybe"));
    for (const line of allOf("[data-fine]")) if (words.length > 0) line.hidden = false;
  }

  function stored(tile: Tile, answer: PhotoAnswer): void {
    const isExtra = !mandatory.includes(tile);
    const count = String(Number(tile.dataset["count"] || 0) + 1);
    if (isExtra) tile.dataset["count"] = count;
    setState(tile, "stored", isExtra ? text("added").replace("{n}", count) : text("retake"));
    write(tile, "error", "");
    previews.replace(tile, answer.thumb);
    told(tile, answer);
    if (!isExtra) offerMoves(answer);
  }

  /** `isBlocked`: refused for a finding; the third such picture is accepted. */
  function failed(tile: Tile, sentence: string, { isBlocked = false, state = "failed" } = {}): void {
    previews.drop(tile);
    setState(tile, state, text("retake"));
    write(tile, "error", sentence);
    const error = part(tile, "error");
    if (!isBlocked || !error || !mandatory.includes(tile)) return;
    const third = document.createElement("span");
    third.className = "kc-shot__third";
    third.textContent = text("third");
    error.append(" ", third);
  }

  return { previews, told, stored, failed };
}

/** Creates the functions that write a tile's progress. */
function createProgress({ previews }: { previews: ReturnType<typeof createPreviews> }, text: Text) {
  return {
    taken(tile: Tile, blob: Blob): void {
      previews.show(tile, blob);
      setState(tile, "sending", text("sending"));
      write(tile, "finding", "");
      write(tile, "error", "");
      tile.removeAttribute("data-warned");
      drawPlate(tile, null);
    },
    sending(tile: Tile, share: number): void {
      setState(tile, "sending", text(share < 1 ? "sending" : "checking"));
      (one("progress", tile) as HTMLElement as HTMLProgressElement).value = share;
    },
    waiting(tile: Tile, { picture, sentence = "" }: { picture?: Blob; sentence?: string }): void {
      if (picture) previews.show(tile, picture);
      setState(tile, "waiting", text("waiting"));
      write(tile, "error", sentence);
    },
  };
}

const isUnread = (tile: Tile): boolean => {
  const plate = part(tile, "plate");
  return tile.dataset["outline"] === "plate" && stateOf(tile) === "stored" && plate !== null && plate.hidden === true;
};

/** Creates the functions that write a tile's state. */
function createTelling(mandatory: Tile[], text: Text) {
  const results = createResults(mandatory, text);
  const { told, failed } = results;
  let looks = LOOKS;

  function stored(tile: Tile, answer: PhotoAnswer): void {
    results.stored(tile, answer);
    looks = LOOKS;
  }

  function hear(tile: Tile, answer: PhotoAnswer): void {
    if (UNDER_WAY.includes(stateOf(tile)) || stateOf(tile) === "failed") return;
    const wasStored = stateOf(tile) === "stored";
    if (answer.state === "stored") (wasStored ? told : stored)(tile, answer);
    else if (wasStored) return;
    else if (answer.state === "refused")
      failed(tile, answer.refusal ?? "", { isBlocked: answer.findings.length > 0, state: "refused" });
    else {
      setState(tile, "announced", text("announced"));
      write(tile, "error", "");
    }
  }

  return {
    ...createProgress(results, text),
    stored,
    failed,
    /** True while something may change by itself: a chat picture is on its way, or a plate is being read. */
    expectsNews(): boolean {
      if (mandatory.some((tile) => stateOf(tile) === "announced")) return true;
      const isAwaited = mandatory.some(isUnread);
      if (isAwaited) looks -= 1;
      return isAwaited && looks > 0;
    },
    /** Applies the server's state of the slots; a picture that this phone is sending takes precedence. */
    news(answers: PhotoAnswer[]): void {
      for (const tile of mandatory) {
        const answer = answers.find(({ slot }) => slot === slotOf(tile));
        if (answer) hear(tile, answer);
        // A chat picture announced for one slot was placed in another.
        else if (stateOf(tile) === "announced") setState(tile, "empty", "");
      }
    },
  };
}
