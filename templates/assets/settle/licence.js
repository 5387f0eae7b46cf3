// A photographed licence fills the form below it; its driver checks each field. Without this the same form goes by a button of its own.
// Old WebViews run this: the language of 2017, and nothing that is not looked for first.
import { shrunk } from "../photo-shrink.js";

for (const scan of document.querySelectorAll("[data-scan]")) {
  const input = scan.querySelector("input[type=file]");
  scan.classList.add("settle-scan_live");
  input.addEventListener("change", () => {
    if (input.files[0]) readPhoto(scan, input);
  });
}

// What he changes himself needs no more checking.
document.getElementById("act").addEventListener("input", (event) => unmark(event.target));

async function readPhoto(scan, input) {
  const { form } = input;
  const sent = valuesOf(form);
  say(scan, scan.dataset.reading, "");
  scan.setAttribute("aria-busy", "true");
  input.disabled = true;
  try {
    const answer = await post(scan.dataset.url, sent, { name: input.name, file: input.files[0] });
    if (answer.error) say(scan, answer.error.message, "failed");
    else {
      fill(form, sent, answer);
      say(scan, answer.message, answer.ranOut ? "failed" : "done");
    }
  } catch (_) {
    say(scan, scan.dataset.failed, "failed");
  } finally {
    scan.removeAttribute("aria-busy");
    input.disabled = false;
    input.value = "";
  }
}

async function post(url, sent, { name, file }) {
  const { bytes } = await shrunk(await new Response(file).arrayBuffer(), file.type);
  const body = new FormData();
  for (const field of Object.keys(sent)) body.append(field, sent[field]);
  body.append(name, new Blob([bytes]), "licence");
  const response = await fetch(url, {
    method: "POST",
    headers: { accept: "application/json" },
    credentials: "same-origin",
    body,
  });
  return response.json();
}

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    const isSet = !/^(radio|checkbox)$/.test(field.type) || field.checked;
    if (field.name && field.type !== "file" && isSet) values[field.name] = field.value;
  }
  return values;
}

/** What was typed while the photo was on its way stays. */
function fill(form, sent, { values, notes }) {
  const now = valuesOf(form);
  const isOwn = (name) => (now[name] || "") !== (sent[name] || "");
  const kept = isOwn("serial") ? ["province", "serial"] : [];
  for (const name of Object.keys(values)) {
    if (form.elements[name] && !isOwn(name) && kept.indexOf(name) < 0) form.elements[name].value = values[name];
  }
  for (const name of Object.keys(notes)) if (!isOwn(name)) mark(form.elements[name], notes[name]);
}

function mark(field, { text, isFilled }) {
  unmark(field);
  const cell = field.closest(".weui-cell");
  const note = document.createElement("p");
  note.className = "kc-hint settle-read-note";
  note.id = `read-${field.name}`;
  note.textContent = text;
  cell.querySelector(".weui-cell__bd").appendChild(note);
  // the photo of the plate has said the same before
  for (const before of cell.querySelectorAll(".settle-plate-read")) before.hidden = true;
  field.setAttribute("aria-describedby", note.id);
  if (!isFilled) return;
  field.classList.add("settle-read");
  // it was missing or wrong when the form came back; now it is another text
  cell.classList.remove("weui-cell_warn");
  field.removeAttribute("aria-invalid");
  for (const fault of cell.querySelectorAll(".kc-error")) fault.hidden = true;
}

function unmark(field) {
  field.classList.remove("settle-read");
  const note = document.getElementById(`read-${field.name}`) || document.getElementById(`hint-${field.name}`);
  // the words under the insurer and the policy number are not ours
  if (!note || !/^(name|idNumber|serial|vehicleKind)$/.test(field.name)) return;
  note.remove();
  field.removeAttribute("aria-describedby");
}

function say(scan, text, outcome) {
  scan.classList.toggle("settle-scan_done", outcome === "done");
  scan.classList.toggle("settle-scan_failed", outcome === "failed");
  for (const fault of scan.querySelectorAll(".kc-error")) fault.hidden = true;
  scan.querySelector("[data-scan-status]").textContent = text;
}
