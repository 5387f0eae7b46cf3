// The stage: draws what /simulator/state tells, sends what a thumb does.
import { all, one } from "../dom.ts";
import { drawChat } from "../stage/chat.ts";
import { drawClaims, drawPushes, drawSteps } from "../stage/desk.ts";
import { drawMenu } from "../stage/menu.ts";
import { actOf, type Phone, type Post } from "../stage/phone.ts";
import type { State } from "../stage/state.ts";

const EVERY_MS = 1000;

const phones: Phone[] = all(".phone").map((root) => ({
  root,
  index: root.dataset["phone"] ?? "",
  drawn: 0,
  unread: 0,
}));
const steps = all("#steps li");
const post: Post = async (path, body = "", type = "text/plain") => {
  const answer = await fetch(path, { method: "POST", body, headers: { "content-type": type } });
  refresh();
  return answer.json();
};
const act = actOf(post);

async function refresh(): Promise<void> {
  const answer = await fetch("/simulator/state").catch(() => null);
  if (!answer?.ok) return;
  const state = (await answer.json()) as State;
  for (const phone of phones) {
    const news = state.phones.find(({ index }) => String(index) === phone.index);
    if (news) drawChat(phone, news);
    drawMenu(phone, state.menu, act);
  }
  drawSteps(state, steps);
  drawClaims(state.claims, post);
  drawPushes(state.pushes);
}

/** A press of any button of a phone: what it does stands in its data. */
async function press(phone: Phone, { act: name, sample, open, close }: DOMStringMap): Promise<void> {
  const { root } = phone;
  if (name === "reload") one<HTMLIFrameElement>("iframe", root).contentWindow?.location.reload();
  else if (name === "scan") {
    const { scanned } = (await act(phone, "scan")) as { scanned: boolean };
    if (!scanned) alert("对方还没有显示二维码。The other phone shows no code yet.");
  } else if (name) await act(phone, name);
  if (sample) await act(phone, "sample", sample);
  if (open) {
    const part = one(`.${open}`, root);
    part.hidden = !part.hidden;
  }
  if (close) one(`.${close}`, root).hidden = true;
}

for (const phone of phones) {
  phone.root.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    if (button) press(phone, button.dataset);
  });
  const form = one<HTMLFormElement>(".say", phone.root);
  const input = one<HTMLInputElement>("[name=text]", form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) act(phone, "text", input.value);
    input.value = "";
  });
}
one("#restart").addEventListener("click", async () => {
  for (const phone of phones) {
    await act(phone, "reset");
    phone.drawn = 0;
    one(".chat", phone.root).textContent = "";
    one(".web", phone.root).hidden = true;
    one<HTMLIFrameElement>("iframe", phone.root).src = "about:blank";
  }
});
refresh();
setInterval(refresh, EVERY_MS);
