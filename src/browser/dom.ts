/** The element that the page's template must hold; throws where it does not. */
export function one<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
}

export const all = <T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T[] =>
  Array.from(within.querySelectorAll<T>(selector));

/** A field of a form by its name; null where there is none. */
export function fieldOf(form: HTMLFormElement, name: string): HTMLInputElement | null {
  const field = form.elements.namedItem(name);
  return field ? (field as HTMLInputElement) : null;
}

/** The form's value of a field that its template must hold. */
export function textOf(form: HTMLFormElement, name: string): string {
  const field = fieldOf(form, name);
  if (!field) throw new Error(`no field ${name}`);
  return field.value;
}
