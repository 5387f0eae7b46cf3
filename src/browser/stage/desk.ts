import { one } from "../dom.ts";
import { element, fill, isNews } from "./element.ts";
import { drawUndelivered } from "./insurers.ts";
import type { Post } from "./phone.ts";
import type { Claim, State } from "./state.ts";
import { exactTime } from "./times.ts";

/** Reports that an insurer can send: status, words on the button, amounts. */
const STATUSES: [status: string, words: string, amounts?: object][] = [
  ["received", "已收到 Received"],
  ["accepted", "立案 Accepted"],
  ["surveyed", "查勘 Surveyed"],
  ["assessed", "定损 3,000 元 Assessed", { assessedFen: 300000 }],
  ["paid", "支付 3,000 元 Paid", { paidFen: 300000 }],
  ["rejected", "拒赔 Refused"],
];

/**
 * Shows claims that arrived, with a button per status, and claims that did not; those of earlier rounds are
 * folded.
 */
export function drawClaims({ claims, undelivered, now }: State, post: Post): void {
  const parts = [false, true].map((isEarlier) => ({
    late: undelivered.filter((one) => one.isEarlier === isEarlier),
    taken: claims.filter((claim) => claim.isEarlier === isEarlier),
  }));
  const [current, earlier] = parts.map(({ late, taken }) => ({
    what: [late, late.length > 0 && now, taken.map(({ id, tries, statuses }) => [id, tries, statuses])],
    draw: () => [
      ...late.map((one) => drawUndelivered(one, Date.parse(now), post)),
      ...taken.map((claim) => drawClaim(claim, post)),
    ],
    count: late.length + taken.length,
  }));
  if (!current || !earlier) return;
  one("#no-claims").hidden = current.count > 0;
  one("#earlier").hidden = earlier.count === 0;
  one("#earlier-count").textContent = String(earlier.count);
  for (const [box, { what, draw }] of [
    [one("#claims"), current],
    [one("#earlier-claims"), earlier],
  ] as const)
    if (isNews(box, what)) fill(box, draw());
}

const ROLES = { leading: "由本公司处理 To handle", information: "仅供知悉 For information" };

function drawClaim(claim: Claim, post: Post): HTMLElement {
  const { schemaVersion, data } = claim.body;
  const { parties, caseNo, role, liability } = data;
  const insured = parties.find((party) => party.role === "insured") ?? parties[0];
  const share = liability.shares.find(({ party }) => party === insured?.label);
  const bears = share ? `责任 Liability ${share.percent} %` : "";
  const repeated =
    claim.tries > 1
      ? [element("p", {}, `送了 ${claim.tries} 次，生效一次 Came ${claim.tries} times, took effect once`)]
      : [];
  const told = claim.statuses.map(({ status, answer }) => `${status} (${answer})`).join(" → ");
  return element(
    "article",
    { className: "claim" },
    element("h3", {}, `${claim.code} · ${claim.ref}`, element("small", {}, "签名有效 ✓ verified")),
    element("p", {}, `${insured?.driver.name} · ${insured?.vehicle.plate} · ${caseNo}`),
    element("p", {}, [`claim.submitted ${schemaVersion}`, role && ROLES[role], bears].filter(Boolean).join(" · ")),
    ...repeated,
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
  const lines = pushes.map(({ at, kind, outcome }) => element("li", {}, `${exactTime(at)} ${kind} → ${outcome}`));
  fill(one("#pushes"), lines.reverse());
}

/** Shows the user's next step, from what has happened so far. */
export function drawSteps({ phones: [a, b], hasCode, claims: all }: State, steps: HTMLElement[]): void {
  const claims = all.filter(({ isEarlier }) => !isEarlier);
  const isReported = claims.some(({ statuses }) => statuses.length > 0);
  const done = [a?.follows, hasCode, b?.follows, claims.length > 0, isReported];
  const now = done.lastIndexOf(true) + 1;
  for (const [i, line] of Array.from(steps.entries())) line.className = i < now ? "done" : i === now ? "now" : "";
  one("[data-no-code]").hidden = hasCode;
}
