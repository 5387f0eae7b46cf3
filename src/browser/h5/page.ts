// Runs on every page of the drivers; every page works without it.
import { all } from "../dom.ts";
import { openDrafts } from "../forms/drafts.ts";
import { keepEntries } from "../forms/keep-entries.ts";
import { sendForms } from "../forms/send-forms.ts";
import { keepCodeAlive } from "../invitation-code.ts";
import { keepLive } from "../live/keep-live.ts";
import { locateOnce, startLocateButtons } from "../photos/locate-button.ts";

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

if (document.body.dataset["live"]) keepLive(document.body);

const code = document.querySelector<HTMLElement>("[data-renew-in]");
if (code) keepCodeAlive(code);

startLocateButtons();
locateOnce();
