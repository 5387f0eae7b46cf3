import { one } from "../dom.ts";
import { element } from "./element.ts";
import { openPage, type Phone } from "./phone.ts";
import type { Line, PhoneState } from "./state.ts";

/** Links in a text become tappable; those to the app's own pages get a name. */
function linked(phone: Phone, text: string): (Node | string)[] {
  const parts = text.split(/(https?:\/\/[^\s，。）)]+)/);
  return parts.map((part, i) =>
    i % 2 === 0 ? part : pageLink(phone, part, part.includes("/h5") ? "打开页面 Open ›" : part),
  );
}

function pageLink(phone: Phone, url: string, words = ""): HTMLElement {
  const link = element("a", { href: url, textContent: words });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    openPage(phone, url);
  });
  return link;
}

const pictureLink = (src: string) =>
  element("a", { href: src, target: "_blank", title: "放大 Enlarge" }, element("img", { src, alt: "照片 Picture" }));

/** What a template's own text says before these fields. */
const FIELD_NAMES: Record<string, string> = {
  character_string1: "编号 No.",
  thing2: "进展 News",
  time3: "时间 Time",
};

const LINES: Record<string, (phone: Phone, line: Line) => HTMLLIElement> = {
  text: (phone, line) => element("li", {}, ...linked(phone, line.text ?? "")),
  location: (_phone, line) => element("li", {}, `📍 ${line.text}`),
  notice: (_phone, line) => element("li", { className: "note" }, line.text ?? ""),
  image: (_phone, line) => element("li", { className: "picture" }, pictureLink(`/simulator/pictures/${line.mediaId}`)),
  news: (phone, line) =>
    element("li", { className: "card" }, ...(line.articles ?? []).map(({ url, title }) => pageLink(phone, url, title))),
  link: (phone, line) => element("li", {}, pageLink(phone, line.url ?? "/h5", line.title)),
  menu: (_phone, line) =>
    element("li", {}, line.text ?? "", ...(line.items ?? []).map((item) => element("div", {}, item.content))),
  "mini-program": (_phone, line) => element("li", {}, line.title ?? ""),
  template: (phone, line) => {
    const rows = Object.entries(line.fields ?? {}).map(([name, value]) => [
      element("dt", {}, FIELD_NAMES[name] ?? name),
      element("dd", {}, value),
    ]);
    return element(
      "li",
      { className: "card" },
      element("strong", {}, "服务通知"),
      element("dl", {}, ...([] as Node[]).concat(...rows)),
      pageLink(phone, line.url ?? "/h5", "详情"),
    );
  },
};

/** Adds the lines that are new. */
export function drawChat(phone: Phone, { follows, chat }: PhoneState): void {
  const follow = one(".follow", phone.root);
  follow.hidden = follows;
  follow.style.display = follows ? "none" : "";
  const list = one(".chat", phone.root);
  if (chat.length === 0 && phone.drawn > 0) {
    list.textContent = "";
    phone.drawn = 0;
  }
  const fresh = chat.filter((line) => line.seq > phone.drawn);
  for (const line of fresh) {
    const node = LINES[line.kind]?.(phone, line) ?? element("li", {}, line.kind);
    if (line.from === "me") node.classList.add("me");
    list.append(node);
    phone.drawn = line.seq;
  }
  countUnread(phone, fresh.filter((line) => line.from === "account").length);
  if (fresh.length > 0) list.scrollTop = list.scrollHeight;
}

/** What was said while a page covers the chat. */
function countUnread(phone: Phone, more: number): void {
  const isCovered = !one(".web", phone.root).hidden;
  phone.unread = isCovered ? phone.unread + more : 0;
  const badge = one(".unread", phone.root);
  badge.hidden = phone.unread === 0;
  badge.textContent = String(phone.unread);
}
