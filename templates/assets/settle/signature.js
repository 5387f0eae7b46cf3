// The signature by hand. The button opens after ink, and after the sentences that are signed have been on the screen.
const form = document.querySelector("[data-sign]");
const area = form.querySelector("[data-pad]");
const frame = area.querySelector(".settle-pad");
const canvas = frame.querySelector("canvas");
const hidden = form.elements.namedItem("signature");
const button = document.querySelector("[data-ready]");
const waitingText = button.textContent;
// more than 2 only makes the picture larger, not the signature better
const MOST_PIXELS = 2;

area.hidden = false;
const pad = new globalThis.SignaturePad(canvas, { penColor: "#14181f", minWidth: 1, maxWidth: 3.4 });
let size = null;
let read = false;

// A turned phone: the ink is kept, as large as still fits.
function fit() {
  const box = frame.getBoundingClientRect();
  if (box.width === 0) return;
  const ratio = Math.min(Math.max(globalThis.devicePixelRatio || 1, 1), MOST_PIXELS);
  const { clientWidth: width, clientHeight: height } = frame;
  const scale = size === null ? 1 : Math.min(width / size.width, height / size.height);
  const ink = pad.toData();
  size = { width, height };
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.getContext("2d").scale(ratio, ratio);
  for (const stroke of ink)
    for (const point of stroke.points) {
      point.x *= scale;
      point.y *= scale;
    }
  pad.fromData(ink);
  update();
}

function update() {
  const inked = !pad.isEmpty();
  frame.classList.toggle("has-ink", inked);
  button.disabled = !(inked && read);
  button.textContent = inked ? button.dataset.ready : waitingText;
}

new IntersectionObserver(
  (entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    read = true;
    observer.disconnect();
    update();
  },
  { threshold: 0.9 },
).observe(document.querySelector("[data-sentences]"));

pad.addEventListener("endStroke", update);
pad.addEventListener("beginStroke", () => frame.classList.add("has-ink"));
area.querySelector("[data-clear]").addEventListener("click", () => {
  pad.clear();
  update();
});
form.addEventListener("submit", () => {
  hidden.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
});
new ResizeObserver(fit).observe(frame);
