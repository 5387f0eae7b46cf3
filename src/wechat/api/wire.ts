/**
 * What may follow a time-out: the next host at once (a read), a retry by the caller (idempotent), or nothing
 * (a send that may have arrived).
 */
export type OnTimeout = "next-host" | "caller-may-retry" | "give-up";

export interface WireRequest {
  method: "GET" | "POST";
  path: string;
  query?: Record<string, string>;
  json?: unknown;
  form?: FormData;
  onTimeout?: OnTimeout;
  timeoutMs?: number;
  maxBytes?: number;
}

export interface WireAnswer {
  contentType: string;
  disposition: string;
  body: Buffer;
}
