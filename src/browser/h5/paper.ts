// The agreement's pages: two fingers or two buttons enlarge them, one finger moves them; the phone's own menu
// passes the file on. Without this script the pages are there as they are.
import { one } from "../dom.ts";

const LARGEST = 4;
const STEP = 1.5;

const viewer = document.querySelector<HTMLElement>("[data-viewer]");
if (viewer) {
  enlarge(viewer);
  passOn(one<HTMLButtonElement>("[data-share]"));
  one("[data-zoom]").hidden = false;
}

function enlarge(box: HTMLElement): void {
  let zoom = 1;

  /** The point at `x`, `y` of the box stays where it is. */
  function zoomTo(wanted: number, x = box.clientWidth / 2, y = box.clientHeight / 2): void {
    const next = Math.min(LARGEST, Math.max(1, wanted));
    const ratio = next / zoom;
    const [left, top] = [(box.scrollLeft + x) * ratio - x, (box.scrollTop + y) * ratio - y];
    zoom = next;
    box.style.setProperty("--zoom", String(next));
    box.scrollLeft = left;
    box.scrollTop = top;
  }

  one("[data-larger]").addEventListener("click", () => zoomTo(zoom * STEP));
  one("[data-smaller]").addEventListener("click", () => zoomTo(zoom / STEP));

  let start: { apart: number; zoom: number } | null = null;
  const apartOf = ([a, b]: Touch[]) => (a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0);
  box.addEventListener("touchstart", (event) => {
    const touches = Array.from(event.touches);
    start = touches.length === 2 ? { apart: apartOf(touches), zoom } : null;
  });
  box.addEventListener(
    "touchmove",
    (event) => {
      const [a, b] = Array.from(event.touches);
      if (!start || !a || !b || start.apart === 0) return;
      event.preventDefault();
      const { left, top } = box.getBoundingClientRect();
      const x = (a.clientX + b.clientX) / 2 - left;
      const y = (a.clientY + b.clientY) / 2 - top;
      zoomTo((start.zoom * apartOf([a, b])) / start.apart, x, y);
    },
    { passive: false },
  );
  box.addEventListener("touchend", () => {
    start = null;
  });
  // Safari enlarges the whole page else.
  box.addEventListener("gesturestart", (event) => event.preventDefault());
}

/** Offers the phone's own menu where it takes files; WeChat has its own: a long press on the picture. */
function passOn(button: HTMLButtonElement): void {
  const { from = "", file: name = "" } = button.dataset;
  const share = navigator as Navigator & { canShare?(data: { files: File[] }): boolean };
  const empty = [new File([], name, { type: "application/pdf" })];
  if (!share.canShare?.({ files: empty })) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(from);
      if (!answer.ok) throw new Error(String(answer.status));
      await share.share({ files: [new File([await answer.blob()], name, { type: "application/pdf" })] });
    } catch (error) {
      // Closing the menu is no fault; anything else: the file itself.
      if ((error as Error).name !== "AbortError") location.href = from;
    }
  });
}
