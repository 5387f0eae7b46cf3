import { one } from "../dom.ts";
import { element } from "./element.ts";
import { linked, pageLink } from "./links.ts";
import type { Phone } from "./phone.ts";
import type { Line, PhoneState } from "./state.ts";
import { clockTime } from "./times.ts";

/** Labels that precede the fields of a template message. */
const FIELD_NAMES: Record<string, string> = {
  character_string1: "编号 No.",
  thing2: "进展 News",
  time3: "时间 Time",
};

const div = (className: string, ...content: (Node | string)[]) => element("div", { className }, ...content);

const picture = (src: string, alt: string) => element("img", { src, alt });

function article(phone: Phone, { url, title, description, picUrl }: NonNullable<Line["articles"]>[number]) {
  const text = div("card-text", element("strong", {}, title), ...(description ? [element("p", {}, description)] : []));
  return pageLink(phone, url, ...(picUrl ? [picture(picUrl, "")] : []), text);
}

/** Draws the bubble of each kind of line. */
const LINES: Record<string, (phone: Phone, line: Line) => HTMLElement> = {
  text: (phone, { text = "" }) => div("bubble", ...linked(phone, text)),
  location: (_phone, { text = "" }) => div("card place", div("card-text", element("strong", {}, text)), div("map")),
  image: (_phone, { mediaId }) => {
    const src = `/simulator/pictures/${mediaId}`;
    return element(
      "a",
      { className: "picture", href: src, target: "_blank", title: "放大 Enlarge" },
      picture(src, "照片 Picture"),
    );
  },
  news: (phone, { articles = [] }) => div("card news", ...articles.map((one) => article(phone, one))),
  link: (phone, { url = "/h5", title = "" }) => div("card news", article(phone, { url, title })),
  menu: (_phone, { title = "", text = "", items = [] }) =>
    div("bubble", title, ...items.map(({ content }) => div("menu-item", content)), text),
  "mini-program": (_phone, { title = "" }) => div("card", div("card-text", element("strong", {}, title))),
  template: (phone, { fields = {}, url = "" }) => {
    const rows = Object.entries(fields).map(([name, value]) =>
      div("field", element("span", {}, FIELD_NAMES[name] ?? name), element("span", {}, value)),
    );
    const details = url ? [pageLink(phone, url, "详情 Details", element("i", {}, "›"))] : [];
    return div("card template", div("card-head", "服务通知 Notice"), ...rows, ...details);
  },
};

const FROM: Record<string, string> = { me: "me", account: "account" };
const MINUTES_APART = 5 * 60_000;

function drawLine(phone: Phone, line: Line): HTMLLIElement {
  if (line.kind === "notice") return element("li", { className: "note" }, line.text ?? "");
  const content = LINES[line.kind]?.(phone, line) ?? div("bubble", line.kind);
  const face = element("span", { className: "face", ariaHidden: "true" }, line.from === "me" ? phone.letter : "快");
  return element("li", { className: FROM[line.from] ?? "account" }, face, content);
}

const showEnd = (list: HTMLElement): void => {
  list.scrollTop = list.scrollHeight;
};

/** Adds new lines, and the time after a pause. */
export function drawChat(phone: Phone, { follows, chat }: PhoneState): void {
  one(".follow", phone.root).hidden = follows;
  const list = one(".chat", phone.root);
  const fresh = chat.filter((line) => line.seq > phone.drawn);
  for (const line of fresh) {
    if (line.at - phone.drawnAt > MINUTES_APART) list.append(element("li", { className: "note" }, clockTime(line.at)));
    const item = drawLine(phone, line);
    // a picture makes its line longer once it has come
    item.addEventListener("load", () => showEnd(list), true);
    list.append(item);
    phone.drawn = line.seq;
    phone.drawnAt = line.at;
  }
  countUnread(phone, fresh.filter((line) => line.from === "account").length);
  if (fresh.length > 0) showEnd(list);
}

/** Counts lines that arrive while a page covers the chat. */
function countUnread(phone: Phone, more: number): void {
  const isCovered = !one(".web", phone.root).hidden;
  phone.unread = isCovered ? phone.unread + more : 0;
  const badge = one(".unread", phone.root);
  badge.hidden = phone.unread === 0;
  badge.textContent = String(phone.unread);
}
