import { one } from "../dom.ts";
import { element, fill, isNews } from "./element.ts";
import { type Act, openPage, type Phone } from "./phone.ts";
import type { MenuButton, State } from "./state.ts";

/** Draws the account's menu below the chat, again when it has changed. */
export function drawMenu(phone: Phone, menu: State["menu"], act: Act): void {
  const bar = one(".menu", phone.root);
  const buttons = menu?.button ?? [];
  const tap = (button: MenuButton) => TAPS[button.type ?? ""]?.(phone, button, act);
  if (isNews(bar, buttons))
    fill(
      bar,
      buttons.map((button) => menuButton(button, tap)),
    );
}

function menuButton(button: MenuButton, tap: (button: MenuButton) => void): HTMLElement {
  const press = element("button", { type: "button", textContent: button.name });
  const box = element("div", {}, press);
  const { sub_button: sub } = button;
  const below = Array.isArray(sub) ? sub : (sub?.list ?? []);
  if (below.length === 0) {
    press.addEventListener("click", () => tap(button));
    return box;
  }
  const list = element("ul", { hidden: true }, ...below.map((each) => element("li", {}, menuButton(each, tap))));
  press.addEventListener("click", () => {
    list.hidden = !list.hidden;
  });
  list.addEventListener("click", () => {
    list.hidden = true;
  });
  box.append(list);
  return box;
}

/** Actions of each type of button. */
const TAPS: Record<string, (phone: Phone, button: MenuButton, act: Act) => void> = {
  view: (phone, { url }) => openPage(phone, url ?? "/h5"),
  click: (phone, { key }, act) => void act(phone, "click", key),
  location_select: (phone, _button, act) => void act(phone, "location"),
  pic_photo_or_album: (phone) => {
    one(".tray", phone.root).hidden = false;
  },
};
