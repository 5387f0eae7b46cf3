/** Returns the element that the page's template must contain; throws without it. */
export function one<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
}

export const all = <T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T[] =>
  Array.from(within.querySelectorAll<T>(selector));

/** Returns a field of a form by its name; null without one. */
export function fieldOf(form: HTMLFormElement, name: string): HTMLInputElement | null {
  const field = form.elements.namedItem(name);
  return field ? (field as HTMLInputElement) : null;
}

/** Returns the value of a field that the form's template must contain. */
export function textOf(form: HTMLFormElement, name: string): string {
  const field = fieldOf(form, name);
  if (!field) throw new Error(`no field ${name}`);
  return field.value;
}
