// Fills the form from a photographed licence; the driver checks each field. Without this the photo is sent by
// a button of its own.
import { all, fieldOf, one } from "../dom.ts";
import { shrunk } from "../photos/shrink.ts";

/** A note at a field. */
interface Note {
  text: string;
  isFilled: boolean;
}

/** Answer to a photographed licence. */
interface Read {
  message: string;
  ranOut: boolean;
  values: Record<string, string>;
  notes: Record<string, Note>;
}

type Values = Record<string, string>;

/** Fields that a licence fills; notes at others belong to the form. */
const READ_FIELDS = /^(name|idNumber|serial|vehicleKind)$/;

for (const scan of all("[data-scan]")) {
  const input = one<HTMLInputElement>("input[type=file]", scan);
  scan.classList.add("kc-scan_live");
  input.addEventListener("click", (event) => {
    // the camera opens after its own consent only
    const asked = one("[data-licence-consent]");
    if (one<HTMLInputElement>("input", asked).checked) return;
    event.preventDefault();
    say(scan, asked.dataset["licenceConsent"] ?? "", "failed");
  });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) readPhoto(scan, input, file);
  });
}

// A field that the driver changes by hand needs no further checking.
one("#act").addEventListener("input", (event) => unmark(event.target as HTMLInputElement));

async function readPhoto(scan: HTMLElement, input: HTMLInputElement, file: File): Promise<void> {
  const form = input.form as HTMLFormElement;
  const sent = valuesOf(form);
  say(scan, scan.dataset["reading"] ?? "");
  scan.setAttribute("aria-busy", "true");
  input.disabled = true;
  try {
    const answer = await post(scan.dataset["url"] ?? "", sent, { name: input.name, file });
    if ("error" in answer) say(scan, answer.error.message, "failed");
    else {
      fill(form, sent, answer);
      say(scan, answer.message, answer.ranOut ? "failed" : "done");
    }
  } catch {
    say(scan, scan.dataset["failed"] ?? "", "failed");
  } finally {
    scan.removeAttribute("aria-busy");
    input.disabled = false;
    input.value = "";
  }
}

async function post(
  url: string,
  sent: Values,
  { name, file }: { name: string; file: File },
): Promise<Read | { error: { message: string } }> {
  const { bytes } = await shrunk(await new Response(file).arrayBuffer(), file.type);
  const body = new FormData();
  for (const [field, value] of Object.entries(sent)) body.append(field, value);
  body.append(name, new Blob([bytes]), "licence");
  const headers = { accept: "application/json" };
  const sending = fetch(url, { method: "POST", headers, credentials: "same-origin", body });
  return Promise.race([sending.then((response) => response.json()), tooLate()]);
}

/** The form can be filled in by hand meanwhile. */
const READING_MS = 45000;
const tooLate = (): Promise<never> =>
  new Promise((_resolve, reject) => setTimeout(() => reject(new Error("no answer")), READING_MS));

function valuesOf(form: HTMLFormElement): Values {
  const values: Values = {};
  for (const field of Array.from(form.elements) as HTMLInputElement[]) {
    const isSet = !/^(radio|checkbox)$/.test(field.type) || field.checked;
    if (field.name && field.type !== "file" && isSet) values[field.name] = field.value;
  }
  return values;
}

/** Fills the fields; text typed while the photo was on its way stays. */
function fill(form: HTMLFormElement, sent: Values, { values, notes }: Read): void {
  const now = valuesOf(form);
  const isOwn = (name: string) => (now[name] ?? "") !== (sent[name] ?? "");
  const kept = isOwn("serial") ? ["province", "serial"] : [];
  for (const [name, value] of Object.entries(values)) {
    const field = fieldOf(form, name);
    if (field && !isOwn(name) && !kept.includes(name)) field.value = value;
  }
  for (const [name, note] of Object.entries(notes)) {
    const field = fieldOf(form, name);
    if (field && !isOwn(name)) mark(field, note);
  }
  // for the draft
  form.dispatchEvent(new Event("change"));
}

function mark(field: HTMLInputElement, { text, isFilled }: Note): void {
  unmark(field);
  const cell = field.closest(".weui-cell");
  if (!cell) return;
  const note = document.createElement("p");
  note.className = "kc-hint kc-read-note";
  note.id = `read-${field.name}`;
  note.textContent = text;
  one(".weui-cell__bd", cell).appendChild(note);
  // The photo of the plate has said the same before.
  for (const before of all(".kc-plate-read", cell)) before.hidden = true;
  field.setAttribute("aria-describedby", note.id);
  if (!isFilled) return;
  field.classList.add("kc-read");
  // The field was marked as missing or wrong; now it has another text.
  cell.classList.remove("weui-cell_warn");
  field.removeAttribute("aria-invalid");
  for (const fault of all(".kc-error", cell)) fault.hidden = true;
}

function unmark(field: HTMLInputElement): void {
  field.classList.remove("kc-read");
  const note = document.getElementById(`read-${field.name}`) || document.getElementById(`hint-${field.name}`);
  if (!note || !READ_FIELDS.test(field.name)) return;
  note.remove();
  field.removeAttribute("aria-describedby");
}

function say(scan: HTMLElement, text: string, outcome?: "done" | "failed"): void {
  scan.classList.toggle("kc-scan_done", outcome === "done");
  scan.classList.toggle("kc-scan_failed", outcome === "failed");
  for (const fault of all(".kc-error", scan)) fault.hidden = true;
  one("[data-scan-status]", scan).textContent = text;
}
