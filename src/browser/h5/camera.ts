// Script of the photograph pages. Without it the same form works with the phone's own file inputs.
import { all, one, textOf } from "../dom.ts";
import { CHANGED, isTold } from "../live/keep-live.ts";
import type { PhotoAnswer } from "../photos/answer.ts";
import { createPosition } from "../photos/position.ts";
import { createQueue } from "../photos/queue.ts";
import { signInAgain } from "../photos/sign-in-again.ts";
import { slotOf, stateOf } from "../photos/tile.ts";
import { createTiles } from "../photos/tiles.ts";
import { createViewfinder, isSentBack } from "../photos/viewfinder.ts";

const form = one<HTMLFormElement>("#act");
const shoot = document.querySelector<HTMLButtonElement>("#shoot");
const tiles = createTiles(form);
const { text } = tiles;
const startStep = form.dataset["step"];
let step = startStep;
let hasCamera = Boolean(navigator.mediaDevices && "getUserMedia" in navigator.mediaDevices);
const position = createPosition(
  { url: form.dataset["position"] ?? "", token: textOf(form, "_csrf") },
  { isWanted: startStep === "photos" },
);
const viewfinder = createViewfinder({
  tiles,
  onPicture(slot, blob) {
    if (blob) take(slot, blob);
    else fail(slot, text("failed"));
  },
  onChange: renew,
  onClose: goOn,
  onOwnCamera(slot, isLost) {
    if (isLost) withoutCamera();
    else inputOf(slot).click();
  },
});
const queue = createQueue(form, {
  sending: (slot, share) => show(slot, (tile) => tiles.sending(tile, share)),
  waiting: (slot, picture) => show(slot, (tile) => tiles.waiting(tile, picture)),
  stored: (slot, answer) =>
    show(slot, (tile) => {
      step = answer.step;
      tiles.stored(tile, answer);
    }),
  refused: (slot, { message }) => fail(slot, message || text("failed"), true),
  failed: (slot, sentence) => fail(slot, sentence || text("failed")),
  signedOut: signInAgain,
});

function show(slot: string, change: (tile: HTMLElement) => void): void {
  const tile = tiles.tileOf(slot);
  if (!tile) return;
  change(tile);
  one("#offline").hidden = !tiles.all.some((each) => stateOf(each) === "waiting");
  renew();
  goOn();
}

function fail(slot: string, sentence: string, isBlocked = false): void {
  show(slot, (tile) => {
    tiles.failed(tile, sentence, { isBlocked });
    viewfinder.say(slot, sentence);
  });
}

/** Shows what is still to do: in the title, the counter, the viewfinder's strip and the green button. */
function renew(): void {
  tiles.count();
  viewfinder.renew();
  if (!shoot || tiles.isNew()) return;
  const next = tiles.nextEmpty();
  const tile = next === null ? null : tiles.tileOf(next);
  shoot.disabled = tile === null;
  if (next === null || tile === null) shoot.textContent = text(tiles.isWaiting() ? "waiting" : "sending");
  else shoot.textContent = text(isSentBack(tile) ? "takeAgain" : "takeNext").replace("{slot}", tiles.nameOf(next));
}

let isLeaving = false;
addEventListener("pageshow", () => {
  isLeaving = false;
});
/**
 * Opens the next page when all five are stored; once, because each request makes a code for the other driver.
 * Not while the viewfinder is open: its picture would be lost.
 */
function goOn(): void {
  if (step === startStep || step === "photos" || startStep !== "photos") return;
  if (isLeaving || viewfinder.isOpen() || document.hidden || tiles.isUnderWay()) return;
  isLeaving = true;
  location.assign(form.dataset["next"] ?? "");
}
document.addEventListener("visibilitychange", goOn);

function take(slot: string, blob: Blob): void {
  const tile = tiles.tileOf(slot);
  if (!tile) return;
  tiles.taken(tile, blob);
  viewfinder.unsay(slot);
  position.take();
  renew();
  queue.add(slot, blob);
}

const inputOf = (slot: string) => one<HTMLInputElement>(`[data-slot="${slot}"] input[type=file]`);

/** From now on a tap opens the phone's own camera; browsers open it only right after a tap. */
function withoutCamera(): void {
  hasCamera = false;
  const note = one("[data-no-camera]");
  note.hidden = false;
  note.scrollIntoView({ block: "center" });
}

/** Opens the viewfinder, or the phone's own camera when the page gets none. */
async function film(slot: string): Promise<void> {
  if (hasCamera && (await viewfinder.open(slot))) return;
  if (hasCamera) withoutCamera();
  inputOf(slot).click();
}

for (const tile of tiles.all) {
  const slot = slotOf(tile);
  const input = inputOf(slot);
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) take(slot, file);
    input.value = "";
  });
  one("label", tile).addEventListener("click", (event) => {
    if (!hasCamera) return;
    event.preventDefault();
    film(slot);
  });
}
if (shoot) shoot.addEventListener("click", () => film(tiles.nextEmpty() || "scene"));

const EVERY_MS = 2000;

/**
 * Asks for news: a plate is read some seconds after its picture has arrived, and pictures may come by chat.
 */
async function look(): Promise<void> {
  if (document.hidden) return;
  const response = await fetch(form.dataset["live"] ?? "", { headers: { accept: "application/json" } });
  if (!response.ok) return;
  const live = (await response.json()) as { step: string; photos: PhotoAnswer[] };
  step = live.step;
  tiles.news(live.photos);
  renew();
  goOn();
}
async function keepLooking(): Promise<void> {
  if (tiles.expectsNews() && !isTold()) await look().catch(() => undefined);
  setTimeout(keepLooking, EVERY_MS);
}
if (tiles.mandatory.length > 0) {
  setTimeout(keepLooking, EVERY_MS);
  document.addEventListener(CHANGED, () => look().catch(() => undefined));
  // The driver returns, perhaps from the chat, where pictures may have been sent.
  document.addEventListener("visibilitychange", () => look().catch(() => undefined));
}

// Last, so that a script that fails before leaves the form without script as it is.
document.body.classList.add("kc-js");
for (const byHand of all("#send")) byHand.hidden = true;
if (shoot) shoot.hidden = false;
renew();
queue.resume();
