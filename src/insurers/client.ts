import type { Readable } from "node:stream";
import axios, { type AxiosInstance } from "axios";
import type { Insurer } from "../config.ts";
import { factsOf, NotFound } from "../errors.ts";
import type { Log } from "../log.ts";
import { type Limit, limited, SYSTEM_TIMER, type Timer } from "../timer.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
import { guardedAgents } from "./connection.ts";
import { createEvidenceLinks, type EvidenceLinks } from "./evidence-links.ts";
import { type DeliveryOutcome, type HttpAnswer, outcomeOfAnswer, outcomeOfError } from "./outcome.ts";
import { type Allowed, checkUrl, vettedLookup } from "./public-address.ts";
import { sign, verify } from "./standard-webhooks.ts";

export interface InsurerClient {
  /**
   * Makes one attempt: signs the exact bytes now and posts them. Never throws for what the insurer does; its
   * circuit records the result.
   */
  post(insurerCode: string, message: { id: string; body: string }): Promise<DeliveryOutcome>;
  /**
   * Posts to this insurer that may run at once now in this process; one or none while its circuit is open.
   */
  places(insurerCode: string): number;
  /** Milliseconds until the next probe of an insurer with an open circuit, else null. */
  probeWaitMs(insurerCode: string): number | null;
  /** the open circuits by insurer, for an operator */
  openCircuits(): Record<string, string>;
  /**
   * Returns the message's id when this insurer signed these bytes within five minutes. Throws NotSignedIn
   * otherwise, and NotFound for an insurer without an interface.
   */
  verify(
    insurerCode: string,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    rawBody: Uint8Array,
  ): string;
  readonly evidence: EvidenceLinks;
}

export interface InsurerClientOptions {
  insurers: readonly Insurer[];
  allowPrivateAddresses: boolean;
  publicUrl: string;
  /** the keys of evidence links are derived from them; the first signs */
  sessionKeys: readonly Uint8Array[];
  clock: { now(): Date };
  /** difference between this machine's clock and the database's; default 0 */
  machineDiffersMs?: () => number;
  log: Log;
  timeouts?: { connectMs: number; totalMs: number };
  /** runs the time-outs */
  timer?: Timer;
}

const TIMEOUTS = { connectMs: 5_000, totalMs: 15_000 };
const MAX_ANSWER_BYTES = 64 * 1024;

export function createInsurerClient(options: InsurerClientOptions): InsurerClient {
  const { insurers, allowPrivateAddresses, clock, log, timer = SYSTEM_TIMER } = options;
  const timeouts = options.timeouts ?? TIMEOUTS;
  const connecting = { timer, ms: timeouts.connectMs };
  const connections = new Map(insurers.map((one) => [one.code, connectionTo(one, allowPrivateAddresses, connecting)]));
  const circuits = new Map<string, Circuit>();
  const circuitOf = (code: string): Circuit => {
    const circuit = circuits.get(code) ?? createCircuit(code, { clock, log });
    circuits.set(code, circuit);
    return circuit;
  };
  const findInsurer = (code: string) => insurers.find((insurer) => insurer.code === code && insurer.secrets.length > 0);
  return {
    evidence: createEvidenceLinks({
      sessionKeys: options.sessionKeys,
      publicUrl: options.publicUrl,
      now: () => clock.now(),
    }),
    async post(insurerCode, message) {
      const insurer = findInsurer(insurerCode);
      // the insurer was removed from the settings while its claim was waiting
      const http = connections.get(insurerCode);
      if (!insurer?.url || !http) return { ...outcomeOfError("EADDRREFUSED"), code: "insurer-not-configured" };
      const outcome = await attempt(http, insurer, message, {
        allowed: allowedFor(insurer, allowPrivateAddresses),
        clock,
        machineDiffersMs: options.machineDiffersMs ?? (() => 0),
        total: { timer, ms: timeouts.totalMs },
      });
      if (outcome.contact) circuitOf(insurerCode).note(outcome.contact);
      log.info(
        { deliveryId: message.id, insurer: insurerCode, outcome: outcome.kind, code: outcome.code },
        "insurers.posted",
      );
      return outcome;
    },
    places: (insurerCode) => circuitOf(insurerCode).places(),
    probeWaitMs: (insurerCode) => circuitOf(insurerCode).waitMs(),
    openCircuits: () =>
      Object.fromEntries(
        [...circuits].flatMap(([code, circuit]) => {
          const state = circuit.state();
          return state === null ? [] : [[code, state]];
        }),
      ),
    verify(insurerCode, headers, body) {
      const insurer = findInsurer(insurerCode);
      if (!insurer) throw new NotFound("insurer-unknown");
      return verify({ headers, body, secrets: insurer.secrets, now: clock.now() }).id;
    },
  };
}

/** Where this insurer's claims may go. */
export const allowedFor = ({ allow }: Insurer, allowPrivateAddresses: boolean): Allowed =>
  allow && allow.length > 0 ? allow : allowPrivateAddresses;

/** A client of its own: its networks and its certificate authority are no other insurer's. */
const connectionTo = (insurer: Insurer, allowPrivateAddresses: boolean, connecting: Limit): AxiosInstance =>
  axios.create({
    ...guardedAgents(vettedLookup(allowedFor(insurer, allowPrivateAddresses)), connecting, insurer.ca),
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    responseType: "stream",
    validateStatus: () => true,
    transformRequest: [(data: unknown) => data],
  });

interface AttemptOptions {
  allowed: Allowed;
  clock: { now(): Date };
  machineDiffersMs: () => number;
  total: Limit;
}

async function attempt(
  http: AxiosInstance,
  insurer: Insurer,
  message: { id: string; body: string },
  options: AttemptOptions,
): Promise<DeliveryOutcome> {
  const body = Buffer.from(message.body);
  try {
    const url = new URL(insurer.url as string);
    checkUrl(url, options.allowed);
    const signed = sign({
      id: message.id,
      timestamp: Math.floor(options.clock.now().getTime() / 1000),
      body,
      secrets: insurer.secrets,
    });
    const headers = {
      ...signed,
      "content-type": "application/json; charset=utf-8",
      "accept-encoding": "identity",
      "user-agent": "kuaichu",
    };
    const answer = await limited(options.total, async (signal) => {
      const response = await http.post<Readable>(url.href, body, { headers, signal });
      const answered = response.headers as Record<string, string | undefined>;
      return {
        status: response.status,
        retryAfter: answered["retry-after"],
        contentType: answered["content-type"],
        date: answered["date"],
        ...(await readHead(response.data)),
      };
    });
    return outcomeOfAnswer(answer, options.clock.now(), options.machineDiffersMs());
  } catch (error) {
    return outcomeOfError(codeOf(error));
  }
}

/** Reads at most 64 KB; a longer answer counts as complete. */
async function readHead(stream: Readable): Promise<Pick<HttpAnswer, "body" | "complete">> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
    return { body: textOf(chunks), complete: true };
  } catch {
    return { body: textOf(chunks), complete: false };
  }
}

const textOf = (chunks: Buffer[]) => Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString("utf8");

/** The system's code lies one or two causes deep in axios' error. */
function codeOf(error: unknown): string {
  const { code, cause } = factsOf(error);
  return String(factsOf(cause).code ?? code ?? "UNKNOWN");
}
