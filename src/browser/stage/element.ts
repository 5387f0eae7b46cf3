/** A new element with these properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Puts these children in the place of those that are there. */
export function fill(parent: HTMLElement, children: readonly Node[]): void {
  parent.textContent = "";
  parent.append(...children);
}

/** True, and noted, where `what` is not what was drawn into the element last. */
export function isNews(drawn: HTMLElement, what: unknown): boolean {
  const now = JSON.stringify(what);
  if (drawn.dataset["drawn"] === now) return false;
  drawn.dataset["drawn"] = now;
  return true;
}
