import { all, one } from "../dom.ts";

/** Photographs one beside the other, and the acts of the bar by keys; the file works without it. */
const viewer = one("[data-viewer]");
const pair = one("[data-pair]", viewer);
const links = all<HTMLAnchorElement>("[data-photo]");
const acts = all("[data-key]");
const MOST = 2;

/** numbers of the photographs that are shown large, the latest last */
let shown: string[] = [];

function show(): void {
  viewer.hidden = shown.length === 0;
  pair.textContent = "";
  for (const number of shown) {
    const link = links.find((each) => each.dataset["photo"] === number);
    if (!link) continue;
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    image.src = link.href;
    image.alt = link.querySelector("img")?.alt || "";
    const caption = document.createElement("figcaption");
    caption.textContent = `${number} · ${image.alt}`;
    figure.append(image, caption);
    pair.append(figure);
  }
}

/** A second press takes it away; a third photograph takes the first one's place. */
function toggle(number: string): void {
  shown = shown.indexOf(number) < 0 ? [...shown, number].slice(-MOST) : shown.filter((each) => each !== number);
  show();
}

function close(): void {
  shown = [];
  show();
}

for (const link of links)
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    toggle(link.dataset["photo"] || "");
  });
one("[data-close]", viewer).addEventListener("click", close);

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[1-9]$/.test(event.key)) toggle(event.key);
  else if (event.key === "Escape") close();
  else acts.find((act) => act.dataset["key"] === event.key)?.click();
});
