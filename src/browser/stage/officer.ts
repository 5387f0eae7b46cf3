import { all, fieldOf, one } from "../dom.ts";
import { element, fill, isNews } from "./element.ts";
import type { DemoOfficer, State } from "./state.ts";

const ROLES: Record<string, string> = {
  officer: "民警 Officer",
  auxiliary: "辅警 Auxiliary",
  supervisor: "带班领导 Supervisor",
  auditor: "督察 Auditor",
  keeper: "账号管理员 Keeper",
};

/** Says on the tab how many cases wait for an officer. */
export function drawWaiting({ waiting }: State): void {
  for (const mark of all("#waiting")) {
    mark.hidden = waiting === 0;
    mark.textContent = String(waiting);
  }
}

/** Asks for the officers and keeps the form of the sign-in filled with a code that is good now. */
export async function refreshOfficers(): Promise<void> {
  const answer = await fetch("/simulator/officers").catch(() => null);
  if (answer?.ok) drawOfficers((await answer.json()) as DemoOfficer[]);
}

function drawOfficers(officers: DemoOfficer[]): void {
  const form = one<HTMLFormElement>(".sign-in");
  const who = one<HTMLSelectElement>("#officer");
  const numbers = officers.map(({ number }) => number);
  if (isNews(who, numbers))
    fill(
      who,
      officers.map(({ number, role, name }) =>
        element("option", { value: number, textContent: `${ROLES[role] || role} · ${name}` }),
      ),
    );
  const show = (): void => {
    const officer = officers.find(({ number }) => number === who.value);
    for (const name of ["number", "password", "code"] as const) {
      const field = fieldOf(form, name);
      if (field) field.value = officer?.[name] ?? "";
    }
    const inS = officer?.inS ?? 0;
    one<HTMLButtonElement>(".go", form).disabled = !officer || inS > 0;
    one("#code-in").textContent = inS > 0 ? `${inS} 秒后可用 good in ${inS} s` : "";
  };
  who.onchange = show;
  show();
}

/** Opens the desk in its frame, once: a session that lives leads past the sign-in. */
export function openDesk(): void {
  const frame = one<HTMLIFrameElement>("[name=desk]");
  if (frame.getAttribute("src")) return;
  frame.addEventListener("load", () => offerSample(frame.contentDocument));
  frame.src = "/police";
}

const LETTER: Record<string, string> = {
  facts: "甲车沿人民大道由东向西行驶，遇前方乙车减速时未保持安全距离，车头与乙车尾部相撞，两车受损，无人受伤。",
  causes: "甲方未与前车保持足以采取紧急制动措施的安全距离，是造成事故的原因。",
};
const SAMPLE_STYLE =
  "margin-bottom:12px;padding:6px 14px;border:0;border-radius:20px;background:#0b6fb8;color:#fff;font-size:13px";

/** Puts a button above a letter's empty form that writes it, up to the degrees, which somebody decides. */
function offerSample(page: Document | null): void {
  const form = page?.querySelector<HTMLFormElement>("form[data-letter-form]");
  const field = (name: string) => form?.querySelector<HTMLTextAreaElement>(`[name=${name}]`);
  if (!page || !form || field("facts")?.value !== "") return;
  const button = page.createElement("button");
  button.type = "button";
  button.textContent = "填示例 Sample";
  button.style.cssText = SAMPLE_STYLE;
  button.addEventListener("click", () => {
    for (const name of Object.keys(LETTER)) {
      const area = field(name);
      if (area) area.value = area.value || (LETTER[name] ?? "");
    }
    for (const name of ["articles", "evidence"]) {
      const box = form.querySelector<HTMLInputElement>(`[name=${name}][type=checkbox]`);
      if (box) box.checked = true;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    button.remove();
  });
  form.prepend(button);
}
