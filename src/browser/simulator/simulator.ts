// The simulator's page: draws /simulator/state and sends what a user taps.
import { all, one } from "../dom.ts";
import { drawChat } from "../stage/chat.ts";
import { drawClaims, drawPushes, drawSteps } from "../stage/desk.ts";
import { drawInsurers } from "../stage/insurers.ts";
import { drawMenu } from "../stage/menu.ts";
import { drawWaiting, openDesk, refreshOfficers } from "../stage/officer.ts";
import { actOf, type Phone, type Post } from "../stage/phone.ts";
import { retake } from "../stage/retake.ts";
import type { State } from "../stage/state.ts";
import { clockTime } from "../stage/times.ts";

const EVERY_MS = 1000;

let round = document.body.dataset["round"] ?? "";

const phones: Phone[] = all(".phone").map((root) => ({
  root,
  index: root.dataset["phone"] ?? "",
  letter: root.dataset["phone"] === "2" ? "乙" : "甲",
  drawn: 0,
  drawnAt: 0,
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
  if (state.round !== round) startOver(state.round);
  for (const phone of phones) {
    const news = state.phones.find(({ index }) => String(index) === phone.index);
    if (news) drawChat(phone, news);
    drawMenu(phone, state.menu, act);
    one(".phone-clock", phone.root).textContent = clockTime(state.now);
  }
  drawSteps(state, steps);
  drawInsurers(state, post);
  drawClaims(state, post);
  drawPushes(state.pushes);
  drawWaiting(state);
  if (document.body.dataset["shown"] === "officer") await refreshOfficers();
}

/** Handles a press of any button of a phone; its data attributes name the act. */
async function press(phone: Phone, { act: name, sample, open, close }: DOMStringMap): Promise<void> {
  const { root } = phone;
  if (name === "reload") one<HTMLIFrameElement>("iframe", root).contentWindow?.location.reload();
  else if (name === "scan") {
    const { scanned } = (await act(phone, "scan")) as { scanned: boolean };
    if (!scanned) alert("对方还没有显示二维码。The other phone shows no code yet.");
  } else if (name) await act(phone, name);
  if (sample) {
    const bytes = await (await fetch(`/simulator/samples/${sample}`)).blob();
    await act(phone, "picture", await retake(bytes, round + sample));
  }
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
/** New drivers: nothing of the previous ones stays on the phones. */
function startOver(next: string): void {
  round = next;
  for (const phone of phones) {
    Object.assign(phone, { drawn: 0, drawnAt: 0, unread: 0 });
    one(".chat", phone.root).textContent = "";
    for (const part of [".web", ".tray"]) one(part, phone.root).hidden = true;
    one<HTMLFormElement>(".say", phone.root).reset();
    one<HTMLIFrameElement>("iframe", phone.root).src = "about:blank";
  }
}

one("#restart").addEventListener("click", () => post("/simulator/restart"));
for (const tab of all<HTMLButtonElement>("[data-show]"))
  tab.addEventListener("click", () => {
    document.body.dataset["shown"] = tab.dataset["show"];
    for (const other of all("[data-show]")) other.setAttribute("aria-pressed", String(other === tab));
    if (tab.dataset["show"] !== "officer") return;
    openDesk();
    void refreshOfficers();
  });
refresh();
setInterval(refresh, EVERY_MS);
