import type Koa from "koa";

/** Set by the script that sends forms (src/browser/forms): a redirect would be followed before it sees it. */
const SENT_BY_SCRIPT = { header: "x-sent-by", value: "script" };

/** Tells that script that nothing of the form was taken: what was entered stays on the phone. */
const NOT_TAKEN = "x-form-not-taken";

/** 303: what follows a form is always read anew. A script is told where to go: 204 with the address. */
export function seeOther(koa: Koa.Context, to: string): void {
  const isScript = koa.method === "POST" && koa.get(SENT_BY_SCRIPT.header) === SENT_BY_SCRIPT.value;
  koa.set("Location", to);
  koa.body = isScript ? null : "";
  koa.status = isScript ? 204 : 303;
}

/** The same for a form of which nothing was taken: it comes too late, or its session has ended. */
export function seeOtherUntaken(koa: Koa.Context, to: string): void {
  koa.set(NOT_TAKEN, "1");
  seeOther(koa, to);
}
