import type Koa from "koa";

/** Set by the script that sends forms (src/browser/forms): a redirect would be followed before it sees it. */
const SENT_BY_SCRIPT = { header: "x-sent-by", value: "script" };

/** 303: what follows a form is always read anew. A script is told where to go: 204 with the address. */
export function seeOther(koa: Koa.Context, to: string): void {
  const isScript = koa.method === "POST" && koa.get(SENT_BY_SCRIPT.header) === SENT_BY_SCRIPT.value;
  koa.set("Location", to);
  koa.body = isScript ? null : "";
  koa.status = isScript ? 204 : 303;
}
