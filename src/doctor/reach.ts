import net, { isIP } from "node:net";
import tls from "node:tls";
import { factsOf } from "../errors.ts";
import { outcomeOfError } from "../insurers/outcome.ts";
import { type Allowed, checkUrl, vettedLookup } from "../insurers/public-address.ts";
import { type Limit, limited } from "../timer.ts";

export interface ReachOptions {
  allowed: Allowed;
  /** the authorities that are trusted; undefined: the system's */
  ca?: string[] | undefined;
  limit: Limit;
  now: Date;
}

/** The system's authorities and one more, if there is one. */
export const systemsAnd = (ca: string | undefined): string[] | undefined =>
  ca ? [...tls.rootCertificates, ca] : undefined;

const DAY_MS = 86_400_000;

/**
 * Connects, with TLS where the address asks for it, and ends the connection without a request. Returns the
 * days that the certificate is still valid, null without TLS. Throws what the connection or the guard throws.
 */
export function reach(address: URL, { allowed, ca, limit, now }: ReachOptions): Promise<number | null> {
  checkUrl(address, allowed);
  const host = address.hostname.replace(/^\[|\]$/g, "");
  const isTls = address.protocol === "https:";
  const to = { host, port: Number(address.port) || (isTls ? 443 : 80), lookup: vettedLookup(allowed) };
  return limited(limit, (signal) => {
    const { promise, resolve, reject } = pending<number | null>();
    const socket = isTls
      ? tls.connect({ ...to, ...(ca && { ca }), servername: isIP(host) ? "" : host })
      : net.connect(to);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    socket.once("error", reject);
    socket.once(isTls ? "secureConnect" : "connect", () => resolve(daysOf(socket, now)));
    return promise.finally(() => socket.destroy());
  });
}

function pending<T>() {
  let [resolve, reject] = [(_: T): void => {}, (_: unknown): void => {}];
  const promise = new Promise<T>((one, other) => {
    [resolve, reject] = [one, other];
  });
  return { promise, resolve, reject };
}

function daysOf(socket: net.Socket, now: Date): number | null {
  if (!(socket instanceof tls.TLSSocket)) return null;
  return Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - now.getTime()) / DAY_MS);
}

/** Returns a code for a connection that failed, as deliveries have it: `certificate`, `connect-refused` … */
export function failureOf(error: unknown): string {
  const { code, cause, name } = factsOf(error);
  return name === "TimeoutError" ? "timeout" : outcomeOfError(String(factsOf(cause).code ?? code ?? name)).code;
}
