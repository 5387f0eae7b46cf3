import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { Upstream } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { limited, SYSTEM_TIMER, type Timer } from "../../timer.ts";
import { createAgents } from "./agents.ts";
import { isMarkup } from "./answer.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

export interface Transport {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

interface Failure {
  kind: "unreachable" | "timeout" | "too-large" | "broken";
  reason: string;
}

const ANSWER_BYTES = 1_000_000;
const HOST_REST_MS = 60_000;
const CONNECT_CALLS = new Set(["connect", "getaddrinfo"]);

/**
 * Creates one HTTP exchange with the platform, on the first of its hosts that accepts the connection. No
 * axios error leaves this file: they carry URLs with tokens.
 */
export function createTransport(options: {
  baseUrls: readonly string[];
  timeoutMs: number;
  now: () => number;
  log: Log;
  timer?: Timer;
}): Transport {
  const { baseUrls, timeoutMs, now, log, timer = SYSTEM_TIMER } = options;
  if (baseUrls.length === 0) throw new Error("no base URL of the platform is given");
  const agents = createAgents({ timer, ms: timeoutMs / 2 });
  const http = axios.create({
    ...agents,
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: 12_000_000,
    responseType: "arraybuffer",
    validateStatus: () => true,
    transformResponse: (body: unknown) => body,
  });
  const restsUntil = new Map<string, number>();

  const inOrder = () => {
    const at = now();
    const resting = (base: string) => Number((restsUntil.get(base) ?? 0) > at);
    return [...baseUrls].sort((a, b) => resting(a) - resting(b));
  };

  async function send(request: WireRequest): Promise<WireAnswer> {
    let failure: Failure = { kind: "unreachable", reason: "no-host" };
    for (const base of inOrder()) {
      const outcome = await exchange(http, base, { timer, timeoutMs, ...request });
      if (!("kind" in outcome)) return readStatus(outcome, request);
      failure = outcome;
      const mayMoveOn =
        failure.kind === "unreachable" || (failure.kind !== "too-large" && request.onTimeout === "next-host");
      if (!mayMoveOn) break;
      restsUntil.set(base, now() + HOST_REST_MS);
      log.warn({ path: request.path, host: new URL(base).host, reason: failure.reason }, "wechat.host-silent");
    }
    throw asUpstream(failure, request);
  }

  return {
    send,
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

async function exchange(
  http: AxiosInstance,
  base: string,
  request: WireRequest & { timer: Timer; timeoutMs: number },
): Promise<AxiosResponse<Buffer> | Failure> {
  const query = new URLSearchParams(request.query).toString();
  const wire = {
    url: `${base.replace(/\/$/, "")}${request.path}${query && `?${query}`}`,
    method: request.method,
    data: request.form ?? (request.json === undefined ? undefined : JSON.stringify(request.json)),
    headers: request.json === undefined ? {} : { "content-type": "application/json" },
    maxContentLength: request.maxBytes ?? ANSWER_BYTES,
  };
  try {
    // axios' time-out restarts with every byte received; this one is absolute.
    const limit = { timer: request.timer, ms: request.timeoutMs };
    return await limited(limit, (signal) => http.request<Buffer>({ ...wire, signal }));
  } catch (error) {
    return classify(error);
  }
}

function classify(error: unknown): Failure {
  if (!axios.isAxiosError(error)) {
    if (axios.isCancel(error)) return { kind: "timeout", reason: "timeout" };
    throw new Upstream("wechat-broken", {}, false);
  }
  const reason = error.code ?? "unknown";
  if (reason === "ERR_CANCELED" || reason === "ECONNABORTED" || reason === "ETIMEDOUT") {
    return { kind: neverConnected(error.cause) ? "unreachable" : "timeout", reason };
  }
  if (error.message.startsWith("maxContentLength")) return { kind: "too-large", reason };
  return { kind: neverConnected(error.cause) ? "unreachable" : "broken", reason };
}

// With several addresses for one name Node wraps their failures in an AggregateError.
function neverConnected(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.every(neverConnected);
  return cause instanceof Error && "syscall" in cause && CONNECT_CALLS.has(String(cause.syscall));
}

function readStatus(answer: AxiosResponse<Buffer>, request: WireRequest): WireAnswer {
  const { status, headers } = answer;
  const body = Buffer.from(answer.data);
  const isPage = isMarkup(body);
  if (status !== 200 || isPage)
    throw new Upstream("wechat-http", { path: request.path, status, ...(isPage && { isPage }) }, mayRepeat(request));
  return {
    contentType: String(headers["content-type"] ?? "").toLowerCase(),
    disposition: String(headers["content-disposition"] ?? ""),
    body,
  };
}

function asUpstream({ kind, reason }: Failure, request: WireRequest): Upstream {
  const details = { path: request.path, reason };
  if (kind === "unreachable") return new Upstream("wechat-unreachable", details, true);
  if (kind === "too-large") return new Upstream("wechat-answer-too-large", details, false);
  // `uncertain`: the platform may have acted; a read changes nothing, so it never is.
  return new Upstream(
    kind === "timeout" ? "wechat-timeout" : "wechat-broken",
    { ...details, ...(request.onTimeout !== "next-host" && { uncertain: true }) },
    mayRepeat(request),
  );
}

function mayRepeat(request: WireRequest): boolean {
  return request.onTimeout === "next-host" || request.onTimeout === "caller-may-retry";
}
