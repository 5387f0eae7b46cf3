// Runs on every page of the drivers; every page works without it.
import { all } from "../dom.ts";
import { openDrafts } from "../forms/drafts.ts";
import { keepEntries } from "../forms/keep-entries.ts";
import { sendForms } from "../forms/send-forms.ts";
import { codeIsUsed, keepCodeAlive } from "../invitation-code.ts";

const onceButtons = () => all<HTMLButtonElement>("[data-once]");
const busy = (isBusy: boolean) => {
  for (const button of onceButtons()) {
    if (isBusy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
};

const drafts = openDrafts(document.body.dataset["draftKey"] ?? "");
const main = document.querySelector<HTMLFormElement>("form#act[method=post]");
const forget = main && drafts ? keepEntries(main, drafts) : null;

sendForms({
  busy,
  taken: (form) => form === main && forget?.(),
  waiting(isWaiting) {
    for (const note of all("[data-unsent]")) note.hidden = !isWaiting;
    measure();
  },
});

// Ignores a second tap on the button of a form with files: it is being sent.
for (const form of all<HTMLFormElement>("form[enctype='multipart/form-data']")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset["sent"]) return event.preventDefault();
    form.dataset["sent"] = "1";
    busy(true);
  });
  // A page from the browser's cache may be sent again.
  addEventListener("pageshow", () => {
    delete form.dataset["sent"];
    busy(false);
  });
}
// Back to the page that led here, whose entries are kept.
for (const way of all("[data-back]"))
  way.addEventListener("click", (event) => {
    if (document.referrer.indexOf(`${location.origin}/`) !== 0 || history.length < 2) return;
    event.preventDefault();
    history.back();
  });
/** A field that gets the focus stands clear of the fixed bottom, however high that is. */
const foot = document.querySelector<HTMLElement>(".kc-foot");
const measure = () => {
  if (foot) document.documentElement.style.setProperty("--kc-foot", `${foot.offsetHeight}px`);
};
addEventListener("resize", measure);
measure();
const focused = document.querySelector<HTMLElement>("[data-focus]");
if (focused) focused.focus();
// A form with errors is the answer to a post: "back" and "reload" would end at the browser's own warning.
if (document.getElementById("errors")) history.replaceState(null, "", location.href);

/** Answer of GET …/live. */
interface Live {
  step: string;
  joined: boolean;
  text: string;
}

const EVERY_MS = 4000;
const LONGEST_MS = 60000;

/**
 * Shows what the other driver is doing: asked every 4 s, less often while the network fails, not while the
 * page is hidden.
 */
function keepLive(strip: HTMLElement, url: string): void {
  let pause = EVERY_MS;

  async function ask(): Promise<void> {
    if (document.hidden) return;
    try {
      const response = await fetch(url, { headers: { accept: "application/json" } });
      // This driver was removed from the case: nothing typed here would be accepted.
      if (response.status === 404) return location.reload();
      if (!response.ok) throw new Error(String(response.status));
      show((await response.json()) as Live);
      pause = EVERY_MS;
    } catch {
      pause = Math.min(pause * 2, LONGEST_MS);
    }
  }

  function show(live: Live): void {
    const text = strip.querySelector("[data-live-text]");
    if (text && text.textContent !== live.text) text.textContent = live.text;
    strip.classList.toggle("kc-strip_alone", !live.joined);
    if (live.joined) codeIsUsed();
    const hasMoved = live.step !== strip.dataset["step"];
    if (hasMoved && ("waiting" in strip.dataset || live.step === "ended")) location.reload();
  }

  async function keepAsking(): Promise<void> {
    await ask();
    setTimeout(keepAsking, pause);
  }

  setTimeout(keepAsking, pause);
  document.addEventListener("visibilitychange", ask);
}

const strip = document.querySelector<HTMLElement>("[data-live]");
if (strip?.dataset["url"]) keepLive(strip, strip.dataset["url"]);

const code = document.querySelector<HTMLElement>("[data-renew-in]");
if (code) keepCodeAlive(code);
