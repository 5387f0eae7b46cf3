import { fieldOf, one } from "../dom.ts";

/** Draws the letter anew while the officer types; a change hides what issues it until the next preview. */
const form = one<HTMLFormElement>("[data-letter-form]");
const letter = one("[data-letter]");
const issue = form.querySelector<HTMLButtonElement>("button[value=issue]");
const AFTER_MS = 400;

let timer: number | undefined;
let round = 0;

async function draw(): Promise<void> {
  const mine = ++round;
  const body = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    body.append(name, String(value));
  });
  const response = await fetch(form.dataset["letterUrl"] || "", { method: "POST", body });
  if (mine !== round || !response.ok || response.redirected) return;
  letter.innerHTML = await response.text();
}

form.addEventListener("input", () => {
  const seen = fieldOf(form, "seen");
  if (seen) seen.value = "";
  if (issue) issue.hidden = true;
  clearTimeout(timer);
  timer = setTimeout(() => void draw().catch(() => {}), AFTER_MS);
});

document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
