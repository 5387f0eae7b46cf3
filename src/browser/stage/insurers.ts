import { one } from "../dom.ts";
import { element, fill, isNews } from "./element.ts";
import type { Post } from "./phone.ts";
import type { State, Undelivered } from "./state.ts";
import { exactTime, span } from "./times.ts";

/** Behaviours of an insurer's server, by name. */
const BEHAVIOURS: Record<string, string> = {
  normal: "正常收下 Takes claims",
  fails: "报错 500 Fails (500)",
  silent: "不回应 Does not answer",
  page: "回一个网页 Answers a web page",
  down: "断开连接 Breaks the connection",
  "ack-lost": "收下但断线 Takes it, answer lost",
  unsigned: "不认签名 401 Refuses the signature",
  refuses: "拒收 422 Refuses the data",
};

const tell = (post: Post, code: string, behaviour: string) =>
  post(`/simulator/insurers/${code}/behaviour`, JSON.stringify({ behaviour }), "application/json");

/** Shows the two boxes that set an insurer's behaviour, and insurers that do not behave normally. */
export function drawInsurers({ insurers, circuits }: State, post: Post): void {
  const who = one<HTMLSelectElement>("#insurer");
  const how = one<HTMLSelectElement>("#behaviour");
  if (
    isNews(
      who,
      insurers.map(({ code }) => code),
    )
  ) {
    fill(
      who,
      insurers.map(({ code, zh }) => element("option", { value: code, textContent: `${code} ${zh}` })),
    );
    fill(
      how,
      Object.entries(BEHAVIOURS).map(([value, textContent]) => element("option", { value, textContent })),
    );
    who.onchange = () => {
      how.value = who.selectedOptions[0]?.dataset["behaviour"] ?? "normal";
    };
    how.onchange = () => void tell(post, who.value, how.value);
  }
  for (const { code, behaviour } of insurers) {
    const option = Array.from(who.options).find(({ value }) => value === code);
    if (option) option.dataset["behaviour"] = behaviour;
  }
  if (document.activeElement !== how) who.onchange?.(new Event("change"));
  const odd = insurers.filter(({ code, behaviour }) => behaviour !== "normal" || circuits[code]);
  const box = one("#odd");
  if (isNews(box, [odd, circuits]))
    fill(
      box,
      odd.map(({ code, behaviour }) => oddInsurer(post, { code, behaviour, circuit: circuits[code] })),
    );
}

function oddInsurer(post: Post, odd: { code: string; behaviour: string; circuit: string | undefined }): HTMLElement {
  const { code, behaviour, circuit } = odd;
  const isNormal = behaviour === "normal";
  const mend = element("button", { type: "button", className: "mend", textContent: "恢复正常 Mend" });
  mend.addEventListener("click", () => tell(post, code, "normal"));
  const paused = element("small", { title: circuit ?? "" }, "连不上，每分钟试一次 Not reached: one try a minute");
  const text = element("span", {}, element("strong", {}, code), ` ${BEHAVIOURS[behaviour] ?? behaviour}`);
  if (circuit) text.append(paused);
  return element("li", { className: isNormal ? "" : "bad" }, text, ...(isNormal ? [] : [mend]));
}

const STATES: Record<Undelivered["state"], string> = {
  pending: "等下一次 Waits for its next try",
  inflight: "正在送 On its way",
  held: "等人处理 Waits for a person",
  dead: "不再自动送 Not tried by itself any more",
};

/**
 * Shows a claim that its insurer has not accepted: each attempt with its result, and the time of the next.
 */
export function drawUndelivered(one: Undelivered, now: number, post: Post): HTMLElement {
  const { id, insurer, number, state, attempts, dueAt, log } = one;
  const again = element("button", { type: "button", textContent: "现在再送 Try now" });
  again.addEventListener("click", () => post(`/simulator/undelivered/${encodeURIComponent(id)}/resend`));
  const next = state === "pending" && dueAt ? `${span(Date.parse(dueAt) - now)} 后再送 to the next try` : STATES[state];
  const tries = log.map(({ n, at, code }) =>
    element("li", {}, element("time", {}, exactTime(at)), ` 第 ${n} 次 Try ${n} `, element("code", {}, code)),
  );
  return element(
    "article",
    { className: "claim undelivered" },
    element("h3", {}, `${insurer} · ${number}`, element("small", {}, "还没收下 Not taken yet")),
    element("ol", { className: "tries" }, ...tries),
    element("p", {}, attempts > log.length ? `共 ${attempts} 次 ${attempts} tries. ` : "", element("strong", {}, next)),
    element("div", { className: "acts" }, ...(state === "inflight" ? [] : [again])),
  );
}
