// Signature pad. The button opens after ink, and after the end of what is signed has been on the screen.
// Until this script runs the page shows what to do without it.
import SignaturePad from "signature_pad";
import { all, one } from "../dom.ts";

/** A higher density makes the picture larger, not the signature better. */
const MOST_PIXELS = 2;

const form = one<HTMLFormElement>("[data-sign]");
const area = one("[data-pad]", form);
const frame = one(".kc-pad", area);
const canvas = one("canvas", frame) as HTMLElement as HTMLCanvasElement;
const hidden = one<HTMLInputElement>("[name=signature]", form);
const sentences = one("[data-sentences]");
const button = one<HTMLButtonElement>("[data-ready]");
const waitingText = button.textContent;
const pad = new SignaturePad(canvas, { penColor: "#14181f", minWidth: 1, maxWidth: 3.4 });
let size: { width: number; height: number } | null = null;
let isRead = false;

/** Gives the canvas the size of its box. When the phone is turned the ink is kept, as large as it fits. */
function fit(): void {
  const { clientWidth: width, clientHeight: height } = frame;
  if (width === 0 || (size && size.width === width && size.height === height)) return;
  const ratio = Math.min(Math.max(devicePixelRatio || 1, 1), MOST_PIXELS);
  const scale = size === null ? 1 : Math.min(width / size.width, height / size.height);
  const ink = pad.toData();
  size = { width, height };
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  if (pen) pen.scale(ratio, ratio);
  for (const { points } of ink)
    for (const point of points) {
      point.x *= scale;
      point.y *= scale;
    }
  pad.fromData(ink);
  update();
}

function update(): void {
  const hasInk = !pad.isEmpty();
  frame.classList.toggle("has-ink", hasInk);
  button.setAttribute("aria-disabled", String(!(hasInk && isRead)));
  button.textContent = (hasInk && button.dataset["ready"]) || waitingText;
}

/** The text counts as read once its end has come onto the screen, or above it. */
function look(): void {
  if (sentences.getBoundingClientRect().bottom > innerHeight) return;
  isRead = true;
  removeEventListener("scroll", look);
  removeEventListener("resize", look);
  update();
}

pad.addEventListener("endStroke", update);
pad.addEventListener("beginStroke", () => frame.classList.add("has-ink"));
one("[data-clear]", area).addEventListener("click", () => {
  pad.clear();
  update();
});
/** What is still to be done before the form may go, so that no page without it comes back without the ink. */
function missing(): HTMLElement | null {
  const tick = form.querySelector<HTMLInputElement>("[name=electronic]");
  if (button.getAttribute("aria-disabled") !== "false") return isRead ? frame : sentences;
  if (!tick || tick.checked) return null;
  const say = (): void => {
    for (const sentence of all("[data-missing]", form)) sentence.hidden = tick.checked;
  };
  tick.onchange = say;
  say();
  tick.focus({ preventScroll: true });
  return tick;
}

/** A tap before it is time leads to what is missing. */
button.addEventListener("click", (event) => {
  const first = missing();
  if (!first) return;
  event.preventDefault();
  first.scrollIntoView({ block: "center" });
});
form.addEventListener("submit", () => {
  hidden.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
});
for (const change of ["resize", "orientationchange", "pageshow"]) addEventListener(change, fit);
/** A phone that is short of memory clears canvases out of sight. */
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) pad.fromData(pad.toData());
});
addEventListener("scroll", look, { passive: true });
addEventListener("resize", look);

area.hidden = false;
fit();
look();
// Last: if anything fails before this, the page keeps its way without the pad.
button.disabled = false;
button.hidden = false;
for (const standIn of all("[data-without-pad]")) standIn.remove();
