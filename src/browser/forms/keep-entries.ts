import type { Drafts } from "./drafts.ts";
import { enter, entriesOf } from "./fields.ts";

/**
 * Keeps what is entered in the page's form until the server has taken it, and enters it again on the next
 * visit. Returns the function that forgets it.
 */
export function keepEntries(form: HTMLFormElement, drafts: Drafts): () => void {
  // a draft is of the text that the form was filled in for (data-draft), where that may change
  const path = [location.pathname, form.dataset["draft"]].filter(Boolean).join("#");
  let isTouched = false;
  let isOver = false;

  const keep = () => {
    isTouched = true;
    if (!isOver) drafts.write(path, entriesOf(form)).catch(() => undefined);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  // back on a page that the browser has kept
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) isOver = false;
  });

  function forget(): void {
    isOver = true;
    drafts.forget(path);
  }

  async function bringBack(): Promise<void> {
    const entries = await drafts.read(path);
    if (!entries || isTouched) return;
    const before = JSON.stringify(entriesOf(form));
    enter(form, entries);
    if (JSON.stringify(entriesOf(form)) !== before) tell(forget);
  }

  // A form with errors carries what was just posted.
  if (document.getElementById("errors")) keep();
  else bringBack().catch(() => undefined);
  return forget;
}

/** Says that the entries are those of an earlier visit; its button discards them. */
function tell(forget: () => void): void {
  const note = document.querySelector<HTMLElement>("[data-brought-back]");
  const button = note?.querySelector("button");
  if (!note || !button) return;
  note.hidden = false;
  button.addEventListener("click", () => {
    forget();
    location.reload();
  });
}
