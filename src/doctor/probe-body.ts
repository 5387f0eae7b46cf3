import http from "node:http";
import https from "node:https";
import { setImmediate as nextTurn } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import type { Timer } from "../timer.ts";

export interface BodyProbe {
  /** announced in full; sent as far as the time allows */
  bytes: number;
  headers: Record<string, string>;
  timer: Timer;
  /** for sending */
  ms: number;
  ca?: string | undefined;
}

export interface ProbedBody {
  /** of the answer; `late`: it was still being sent when the time was over; null: the connection was cut */
  status: number | "late" | null;
  /** the answer came from this program, not from a proxy in front of it */
  isOurs: boolean;
  sent: number;
}

const CHUNK = Buffer.alloc(256 * 1024);

/**
 * Posts zeros until they are answered or the time is over. Throws where the connection fails before anything
 * was sent.
 */
export function probeBody(url: URL, { bytes, headers, timer, ms, ca }: BodyProbe): Promise<ProbedBody> {
  const { request: open } = url.protocol === "https:" ? https : http;
  return new Promise<ProbedBody>((resolve, reject) => {
    let sent = 0;
    let isOver = false;
    const request = open(url, {
      ...{ method: "POST", agent: false, ...(ca && { ca: [...rootCertificates, ca] }) },
      headers: { ...headers, "content-type": "application/octet-stream", "content-length": bytes },
    });
    const end = (status: ProbedBody["status"], isOurs = false): void => {
      isOver = true;
      stop();
      resolve({ status, isOurs, sent });
      request.destroy();
    };
    const stop = timer.after(ms, () => end("late"));
    request.once("response", (answer) => end(answer.statusCode ?? null, answer.headers["x-request-id"] !== undefined));
    request.on("error", (error) => {
      if (isOver) return;
      stop();
      if (sent > 0) end(null);
      else reject(error);
    });
    const send = async (): Promise<void> => {
      while (sent < bytes && !isOver) {
        const chunk = CHUNK.subarray(0, bytes - sent);
        const goesOn = request.write(chunk);
        // an answer that has come meanwhile is read first
        await (goesOn ? nextTurn() : drained(request));
        sent += chunk.length;
      }
      if (!isOver) request.end();
    };
    request.once("socket", () => void send());
  });
}

const drained = (request: http.ClientRequest): Promise<unknown> =>
  new Promise((resolve) => {
    const goOn = (): void => {
      request.off("drain", goOn).off("close", goOn);
      resolve(null);
    };
    request.once("drain", goOn).once("close", goOn);
  });
