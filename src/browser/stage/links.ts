import { element } from "./element.ts";
import { openPage, type Phone } from "./phone.ts";

const LINK = /<a\s[^>]*?href="([^"]+)"[^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"，。；！？）)、]+)/;

/**
 * Renders a text as WeChat does: `<a href>` and plain addresses become links; no other tag is interpreted.
 */
export function linked(phone: Phone, text: string): (Node | string)[] {
  const link = new RegExp(LINK, "g");
  const parts: (Node | string)[] = [];
  let at = 0;
  for (let found = link.exec(text); found; found = link.exec(text)) {
    const [whole, href, words, address = ""] = found;
    parts.push(text.slice(at, found.index), pageLink(phone, href ?? address, words ?? address));
    at = found.index + whole.length;
  }
  return [...parts, text.slice(at)].filter((part) => part !== "");
}

/** Opens a page of the app in the simulated phone, anything else in a window of its own. */
export function pageLink(phone: Phone, url: string, ...content: (Node | string)[]): HTMLAnchorElement {
  const link = element("a", { href: url, target: "_blank", rel: "noreferrer" }, ...content);
  link.addEventListener("click", (event) => {
    if (!/^\/h5(\/|$)/.test(new URL(url, location.href).pathname)) return;
    event.preventDefault();
    openPage(phone, url);
  });
  return link;
}
