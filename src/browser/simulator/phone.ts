// Runs first in every page inside a simulated phone: a desktop has no camera roll and no roadside position,
// so this supplies both.
import { all, fieldOf } from "../dom.ts";
import { retake } from "../stage/retake.ts";

const found = /\/simulator\/phones\/(\d)/.exec(location.pathname);
const index = found && found[1] === "2" ? 2 : 1;

// Without a camera the page falls back to the picture input, which opens our roll.
Object.defineProperty(navigator, "mediaDevices", { value: undefined });
const position = { coords: { latitude: 31.230416, longitude: 121.473701, accuracy: 15 }, timestamp: Date.now() };
Object.defineProperty(navigator, "geolocation", {
  value: { getCurrentPosition: (done: (at: typeof position) => void) => setTimeout(() => done(position), 50) },
});

addEventListener(
  "click",
  (event) => {
    const target = event.target as Element;
    const label = target.closest("label");
    const input = label?.control || target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file" || event.altKey) return;
    event.preventDefault();
    openRoll(input);
  },
  true,
);

const PLACE = { address: "人民大道近黄陂北路，由东向西" };
const PEOPLE = {
  1: { name: "张伟", idNumber: "310101199003077413", phone: "13800138000", serial: "A62K18", insurerCode: "PAIC" },
  2: { name: "李娜", idNumber: "310115194910010031", phone: "13900139000", serial: "AD05271", insurerCode: "CPIC" },
};
const SAMPLE = Object.entries({ ...PLACE, ...PEOPLE[index] });
const SAMPLE_STYLE =
  "display:block;margin:0 16px 16px;padding:8px 14px;border:0;border-radius:20px;background:#10aeff;color:#fff;font-size:14px";

// Fills the form at a press, because nobody invents an identity number with a valid check digit; typed text
// stays.
addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector<HTMLFormElement>("form#act");
  if (!form) return;
  const isAsked = ([name]: [string, string]) => {
    const field = fieldOf(form, name);
    return name !== "name" && field !== null && field.type !== "hidden";
  };
  if (!SAMPLE.some(isAsked)) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "填示例 Sample";
  button.style.cssText = SAMPLE_STYLE;
  button.addEventListener("click", () => {
    for (const [name, value] of SAMPLE) {
      const field = fieldOf(form, name);
      if (field) field.value = field.value || value;
    }
    button.remove();
  });
  form.prepend(button);
});

const ROLL_STYLE =
  "position:fixed;inset:auto 0 0;z-index:9999;background:#fff;color:#111;padding:14px;border-radius:14px 14px 0 0;box-shadow:0 -8px 30px #0005;display:grid;grid-template-columns:repeat(3,1fr);gap:8px;font-size:12px";

async function openRoll(input: HTMLInputElement): Promise<void> {
  const page = await (await fetch("/simulator")).text();
  const stage = new DOMParser().parseFromString(page, "text/html");
  const samples = all(`[data-phone="${index}"] [data-sample]`, stage);
  const round = stage.body.dataset["round"] ?? "";
  const roll = document.createElement("div");
  roll.style.cssText = ROLL_STYLE;
  roll.setAttribute("role", "dialog");
  roll.setAttribute("aria-label", "相册 Camera roll");
  for (const sample of samples) roll.append(sampleButton(sample, (name) => choose(input, { name, roll, round })));
  const own = document.createElement("small");
  own.textContent = "按住 Alt 点击可选自己的照片。Alt-click the field for a picture of your own.";
  own.style.gridColumn = "1 / -1";
  roll.append(own);
  document.body.append(roll);
}

function sampleButton(sample: HTMLElement, choose: (name: string) => void): HTMLButtonElement {
  const name = sample.dataset["sample"] ?? "";
  const button = document.createElement("button");
  button.type = "button";
  button.style.cssText = "border:0;padding:0;background:none;text-align:center";
  button.title = sample.title;
  const picture = new Image();
  picture.src = `/simulator/samples/${name}`;
  picture.alt = sample.title;
  // The page's policy allows styles from a script, not from an attribute.
  picture.style.cssText = "width:100%;aspect-ratio:4/3;object-fit:cover;border-radius:8px";
  button.append(picture);
  button.addEventListener("click", () => choose(name));
  return button;
}

interface Choice {
  name: string;
  roll: HTMLElement;
  /** each round has pictures of its own */
  round: string;
}

async function choose(input: HTMLInputElement, { name, roll, round }: Choice): Promise<void> {
  const sample = await (await fetch(`/simulator/samples/${name}`)).blob();
  const bytes = await retake(sample, round + name);
  const chosen = new DataTransfer();
  chosen.items.add(new File([bytes], name, { type: "image/jpeg" }));
  input.files = chosen.files;
  roll.remove();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
