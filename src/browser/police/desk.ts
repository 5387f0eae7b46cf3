// Runs on every page of the desk; every page works without it.

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** "/" leads to the search, or into its first field. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const link = document.querySelector<HTMLAnchorElement>("a[data-search]");
  const field = document.querySelector<HTMLInputElement>("form[role=search] input[name=q]");
  if (!link && !field) return;
  event.preventDefault();
  if (field) field.select();
  else link?.click();
});
