/** Creates an element with these properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Replaces the children of an element. */
export function fill(parent: HTMLElement, children: readonly Node[]): void {
  parent.textContent = "";
  parent.append(...children);
}

/** True, and remembered, when `what` differs from what was drawn into the element last. */
export function isNews(drawn: HTMLElement, what: unknown): boolean {
  const now = JSON.stringify(what);
  if (drawn.dataset["drawn"] === now) return false;
  drawn.dataset["drawn"] = now;
  return true;
}
