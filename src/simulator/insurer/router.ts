import Router, { type RouterContext } from "@koa/router";
import getRawBody from "raw-body";
import { verify } from "../../insurers/standard-webhooks.ts";
import { claimNo, type InsurerInbox } from "./inbox.ts";
import type { Mode, Modes } from "./modes.ts";

interface Parts {
  inbox: InsurerInbox;
  modes: Modes;
  secretsOf(code: string): readonly string[] | null;
  now(): Date;
}

/** POST /simulator/insurers/:code, answered like an insurer's interface. */
export function insurerRouter(parts: Parts): Router {
  const router = new Router({ prefix: "/simulator/insurers" });
  router.post("/:code", async (http) => {
    const code = http.params.code ?? "";
    const secrets = parts.secretsOf(code);
    // the stand-in checks signatures by its own clock
    http.set("date", parts.now().toUTCString());
    if (!secrets) return answer(http, 404, { accepted: false, error: { code: "insurer_unknown" } });
    const changed = parts.modes.changed(code);
    const mode = parts.modes.take(code);
    parts.inbox.arrive({ code, id: String(http.get("webhook-id")), mode: mode.kind });
    if (mode.kind === "down") return http.req.socket.destroy();
    const body = await getRawBody(http.req, { limit: 1_000_000 });
    const id = verified(http, body, { secrets, now: parts.now() });
    if (id === null) {
      parts.inbox.refuse();
      return answer(http, 401, { accepted: false, error: { code: "sign-check-failure" } });
    }
    if (mode.kind === "silent" || mode.kind === "drip") return hang(http, mode.kind, changed);
    return behave(http, parts, { mode, code, id, body });
  });
  return router;
}

const DRIP_MS = 50;

/** Holds the socket until the mode is changed; the caller may have disconnected before. */
function hang(http: RouterContext, kind: "silent" | "drip", end: AbortSignal): void {
  http.respond = false;
  const { res, req } = http;
  if (kind === "drip") res.writeHead(200, { "content-type": "application/json" });
  const dripping = kind === "drip" ? setInterval(() => res.write(" "), DRIP_MS) : undefined;
  const stop = () => req.socket.destroy();
  if (end.aborted) stop();
  end.addEventListener("abort", stop, { once: true });
  res.once("close", () => {
    clearInterval(dripping);
    end.removeEventListener("abort", stop);
  });
}

function verified(
  http: RouterContext,
  body: Buffer,
  { secrets, now }: { secrets: readonly string[]; now: Date },
): string | null {
  try {
    return verify({ headers: http.headers, body, secrets, now }).id;
  } catch {
    return null;
  }
}

interface Arrival {
  mode: Mode;
  code: string;
  id: string;
  body: Buffer;
}

async function behave(http: RouterContext, parts: Parts, { mode, code, id, body }: Arrival): Promise<unknown> {
  if (mode.kind === "status") {
    if (mode.retryAfter) http.set("retry-after", mode.retryAfter);
    if (mode.location) http.set("location", mode.location);
    return answer(http, mode.status, { accepted: false, error: { code: `http_${mode.status}` } });
  }
  if (mode.kind === "error-in-200") return answer(http, 200, { success: false, responseCode: mode.code });
  if (mode.kind === "body") {
    http.type = mode.contentType;
    http.body = mode.body;
    return;
  }
  if (mode.kind === "slow") await parts.modes.pause(mode.delayMs);
  const text = body.toString("utf8");
  if (typeOf(text) === "endpoint.ping") return answer(http, 200, { accepted: true });
  const ref = refOf(text);
  const headers = Object.fromEntries(Object.entries(http.headers).map(([name, value]) => [name, String(value)]));
  const fresh = parts.inbox.take({ id, code, ref, receivedAt: parts.now(), headers, body: text });
  if (mode.kind === "ack-lost") return http.req.socket.destroy();
  const taken = { accepted: true, insurerClaimNo: claimNo(code, ref), ...(!fresh && { duplicate: true }) };
  if (mode.kind === "oversized") return answer(http, 200, { ...taken, filler: "x".repeat(mode.bytes) });
  return answer(http, 200, taken);
}

const refOf = (text: string): string => String(read(text).data?.claimRef ?? "");
const typeOf = (text: string): string => String(read(text).type ?? "");

function read(text: string): { type?: unknown; data?: { claimRef?: unknown } } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function answer(http: RouterContext, status: number, body: object): void {
  http.status = status;
  http.body = body;
}
