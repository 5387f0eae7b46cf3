import http from "node:http";
import https from "node:https";
import { rootCertificates } from "node:tls";
import type { Timer } from "../timer.ts";

export interface BodyProbe {
  /** announced in full; sent as far as the time allows */
  bytes: number;
  timer: Timer;
  /** for sending */
  ms: number;
  ca?: string | undefined;
}

export interface ProbedBody {
  /** null: nobody refused it while it was being sent */
  status: number | null;
  /** the answer came from this program, so what stands in front has let the body through */
  isOurs: boolean;
  sent: number;
}

const CHUNK = Buffer.alloc(256 * 1024);
/** For a proxy that does not say "continue". */
const WAIT_MS = 1_000;

/**
 * Posts zeros to an address that reads no body, until it is answered or the time is over. A proxy with a
 * limit answers 413 to the announced length. Throws where the connection fails.
 */
export function probeBody(url: URL, { bytes, timer, ms, ca }: BodyProbe): Promise<ProbedBody> {
  const { request: open } = url.protocol === "https:" ? https : http;
  return new Promise<ProbedBody>((resolve, reject) => {
    let sent = 0;
    const request = open(url, {
      ...{ method: "POST", agent: false, ...(ca && { ca: [...rootCertificates, ca] }) },
      headers: { "content-type": "application/octet-stream", "content-length": bytes, expect: "100-continue" },
    });
    const pump = (): void => {
      while (sent < bytes && !request.destroyed) {
        const chunk = CHUNK.subarray(0, bytes - sent);
        sent += chunk.length;
        if (!request.write(chunk)) return void request.once("drain", pump);
      }
      if (!request.destroyed) request.end();
    };
    const begin = once(pump);
    const stops = [timer.after(WAIT_MS, begin), timer.after(ms, () => end({ status: null, isOurs: false, sent }))];
    const end = (probed: ProbedBody): void => {
      for (const stop of stops) stop();
      resolve(probed);
      request.destroy();
    };
    request.once("continue", begin);
    request.once("response", ({ statusCode = 0, headers }) =>
      end({ status: statusCode, isOurs: headers["x-request-id"] !== undefined, sent }),
    );
    request.on("error", (error) => {
      for (const stop of stops) stop();
      reject(error);
    });
    request.flushHeaders();
  });
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
