// What a driver has entered in a form, for its draft. Hidden fields, files and buttons are no entries.
type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Values by the name of their field; a tick or tile stands in it while it is chosen. */
export type Entries = Record<string, string[]>;

const NO_ENTRY = /^(hidden|file|submit|button|reset|password)$/;

const isChoice = (field: Field): field is HTMLInputElement => field.type === "radio" || field.type === "checkbox";

function fieldsOf(form: HTMLFormElement): Field[] {
  const fields = Array.from(form.elements) as Field[];
  return fields.filter(({ name, type, tagName }) => name && tagName !== "FIELDSET" && !NO_ENTRY.test(type));
}

export function entriesOf(form: HTMLFormElement): Entries {
  const entries: Entries = {};
  for (const field of fieldsOf(form)) {
    const values = entries[field.name] ?? [];
    if (!isChoice(field) || field.checked) values.push(field.value);
    entries[field.name] = values;
  }
  return entries;
}

/** Enters what a draft has; fields that the draft does not know stay. */
export function enter(form: HTMLFormElement, entries: Entries): void {
  for (const field of fieldsOf(form)) {
    const values = entries[field.name];
    if (!values) continue;
    if (isChoice(field)) field.checked = values.includes(field.value);
    else write(field, values[0] ?? "");
  }
}

/** A list keeps its choice where it no longer has the one of the draft. */
function write(field: Field, value: string): void {
  const before = field.value;
  field.value = value;
  if (field.value !== value) field.value = before;
}
