import { one } from "../dom.ts";
import { element, fill, isNews } from "./element.ts";
import type { Post } from "./phone.ts";
import type { Claim, State } from "./state.ts";

/** What an insurer can report: status, words on the button, amounts. */
const STATUSES: [status: string, words: string, amounts?: object][] = [
  ["received", "已收到 Received"],
  ["accepted", "立案 Accepted"],
  ["surveyed", "查勘 Surveyed"],
  ["assessed", "定损 3,000 元 Assessed", { assessedFen: 300000 }],
  ["paid", "支付 3,000 元 Paid", { paidFen: 300000 }],
  ["rejected", "拒赔 Refused"],
];

/** The claims as they arrived at the insurers, with a button for each status. */
export function drawClaims(claims: Claim[], post: Post): void {
  one("#no-claims").hidden = claims.length > 0;
  const box = one("#claims");
  const what = claims.map(({ id, deliveries, statuses }) => [id, deliveries, statuses]);
  if (isNews(box, what))
    fill(
      box,
      claims.map((claim) => drawClaim(claim, post)),
    );
}

function drawClaim(claim: Claim, post: Post): HTMLElement {
  const { parties, caseNo } = claim.body.data;
  const insured = parties.find((party) => party.role === "insured") ?? parties[0];
  const told = claim.statuses.map(({ status, answer }) => `${status} (${answer})`).join(" → ");
  return element(
    "article",
    { className: "claim" },
    element("h3", {}, `${claim.code} · ${claim.ref}`, element("small", {}, "签名有效 ✓ verified")),
    element("p", {}, `${insured?.driver.name} · ${insured?.vehicle.plate} · ${caseNo}`),
    element("p", {}, told ? `回报 Reported: ${told}` : "回报状态 Report a status:"),
    element("div", { className: "acts" }, ...statusButtons(claim, post)),
    element(
      "details",
      {},
      element("summary", {}, "报文 As received"),
      element("pre", {}, `${JSON.stringify(claim.headers, null, 1)}\n\n${JSON.stringify(claim.body, null, 2)}`),
    ),
  );
}

function statusButtons(claim: Claim, post: Post): HTMLElement[] {
  return STATUSES.map(([status, textContent, amounts]) => {
    const button = element("button", { type: "button", textContent });
    button.addEventListener("click", () => {
      const body = JSON.stringify({ status, occurredAt: new Date().toISOString(), amounts });
      post(`/simulator/desk/${claim.code}/${claim.ref}`, body, "application/json");
    });
    return button;
  });
}

export function drawPushes(pushes: State["pushes"]): void {
  const lines = pushes.map(({ at, kind, outcome }) =>
    element("li", {}, `${new Date(at).toLocaleTimeString("zh-CN")} ${kind} → ${outcome}`),
  );
  fill(one("#pushes"), lines.reverse());
}

/** Shows where the newcomer stands, from what has happened so far. */
export function drawSteps({ phones: [a, b], codes, claims }: State, steps: HTMLElement[]): void {
  const isReported = claims.some(({ statuses }) => statuses.length > 0);
  const done = [a?.follows, codes > 0, b?.follows, claims.length > 0, isReported];
  const now = done.lastIndexOf(true) + 1;
  for (const [i, line] of Array.from(steps.entries())) line.className = i < now ? "done" : i === now ? "now" : "";
  one("[data-no-code]").hidden = codes > 0;
}
