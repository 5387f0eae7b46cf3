import { codeIsUsed } from "../invitation-code.ts";
import { connect, type Live } from "./connection.ts";

/** Told to the page's own script: what it shows has changed. */
export const CHANGED = "kc-changed";

/** True while the page is told at once, so that its own script need not ask. */
export const isTold = (): boolean => document.documentElement.dataset["live"] === "stream";

/** Notes whether anything was entered on this page: then it is not renewed without being asked. */
function watchEntries(): () => boolean {
  let isTouched = false;
  const touch = () => {
    isTouched = true;
  };
  addEventListener("input", touch, true);
  addEventListener("change", touch, true);
  // a signature is drawn
  for (const canvas of document.querySelectorAll("canvas")) canvas.addEventListener("pointerdown", touch);
  return () => isTouched;
}

/** A form is on its way, or waits for the network. */
const SENDING = "form[data-sent], [data-once][aria-busy=true], [data-unsent]:not([hidden])";
const isSending = (): boolean => document.querySelector(SENDING) !== null;

function write(selector: string, text: string): void {
  const element = document.querySelector(selector);
  if (element && element.textContent !== text) element.textContent = text;
}

/** Keeps the page of a case up to date: what it says of the other driver, and what it shows. */
export function keepLive(body: HTMLElement): void {
  const { live: base = "", page = "", renew, step } = body.dataset;
  const isTouched = watchEntries();
  let shown = 0;

  /** Tells the server what the page shows now, so that no message of the account repeats it. */
  function sayShown(version: number): void {
    if (version === shown) return;
    shown = version;
    const options = { headers: { accept: "application/json" }, keepalive: true };
    fetch(`${base}/live?page=${page}&shown=${version}`, options)
      // an answer that is not read keeps its connection, of which a browser has six
      .then((answer) => answer.text())
      .catch(() => {
        shown = 0;
      });
  }

  /** The page as it is now; never a form that is posted again. */
  const reload = () => (renew === "reload" ? location.reload() : location.replace(location.pathname + location.search));

  function renewPage(): void {
    if (renew === "self") document.dispatchEvent(new Event(CHANGED));
    else if (renew === "reload" || !isTouched()) reload();
    else for (const note of document.querySelectorAll<HTMLElement>("[data-live-changed]")) note.hidden = false;
  }

  function told({ text, seen, isNear, waited, mark, version, ...live }: Live): void {
    if (live.joined) codeIsUsed();
    write("[data-live-text]", text);
    write("[data-live-seen]", seen);
    write("[data-live-waited]", waited);
    const strip = document.querySelector("[data-live-strip]");
    if (strip) strip.classList.toggle("kc-strip_alone", !isNear);
    // The page is about to change anyway.
    if (isSending()) return;
    sayShown(version);
    if (mark === body.dataset["mark"]) return;
    body.dataset["mark"] = mark;
    if (live.step === "ended" && step !== "ended") location.reload();
    else renewPage();
  }

  connect(
    { base, page },
    {
      told,
      // Nothing typed here would be accepted.
      gone: () => location.reload(),
      // What was typed is still there for the form, which leads to the sign-in by itself.
      signedOut: () => isTouched() || renew === "self" || reload(),
    },
  );
}
