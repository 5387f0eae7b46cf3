import { randomBytes } from "node:crypto";
import type Router from "@koa/router";
import { NotFound } from "../../errors.ts";
import { claimNo, createInbox, type ReceivedClaim } from "./inbox.ts";
import { createModes, type Mode } from "./modes.ts";
import { insurerRouter } from "./router.ts";
import { type SentStatus, type StatusInput, sendStatus } from "./send-status.ts";

/** One insurer as the stand-in knows it: his secrets are what the app signs with and what he signs his call-backs with. */
export interface StandInInsurer {
  code: string;
  secrets: readonly string[];
}

export interface InsurerStandInOptions {
  insurers: readonly StandInInsurer[];
  /** where the app answers, known only once it listens */
  appUrl: () => string;
  now?: () => Date;
}

/** Insurers that are not there: they receive claims, verify, take each once, and answer as they are told. Development and tests only. */
export interface InsurerStandIn {
  /** serves POST /simulator/insurers/:code */
  router: Router;
  /** claims taken, newest first; each counts once whatever arrives how often */
  inbox(code?: string): ReceivedClaim[];
  find(ref: string): ReceivedClaim | null;
  /** deliveries refused for a wrong signature */
  refused(): number;
  /** every request that came in by id, in order, duplicates included */
  arrivals(code?: string): { code: string; id: string; mode: Mode["kind"] }[];
  /** how this insurer behaves from now on, or for the next `times` requests */
  setMode(code: string, mode: Mode, times?: number): void;
  modeOf(code: string): Mode;
  /** each insurer answers normally again */
  behaveAsUsual(): void;
  /** A signed call-back to the app, with the next sequence number unless one is given. NotFound where that insurer's secret is not ours. */
  sendStatus(code: string, ref: string, status: StatusInput): Promise<SentStatus>;
  /** ends answers that are held back */
  close(): void;
}

export function createInsurerStandIn({
  insurers,
  appUrl,
  now = () => new Date(),
}: InsurerStandInOptions): InsurerStandIn {
  const inbox = createInbox();
  const modes = createModes();
  const sequences = new Map<string, number>();
  const secretsOf = (code: string) => insurers.find((insurer) => insurer.code === code)?.secrets ?? null;
  return {
    router: insurerRouter({ inbox, modes, secretsOf, now }),
    inbox: (code) => inbox.list(code),
    find: (ref) => inbox.find(ref),
    refused: () => inbox.refused(),
    arrivals: (code) => inbox.arrivals(code),
    setMode: modes.set,
    modeOf: modes.get,
    behaveAsUsual() {
      for (const { code } of insurers) modes.set(code, { kind: "normal" });
    },
    async sendStatus(code, ref, input) {
      const secrets = secretsOf(code);
      if (!secrets) throw new NotFound("insurer-not-stood-in-for");
      const sequence = input.sequence ?? (sequences.get(`${code} ${ref}`) ?? 0) + 1;
      sequences.set(`${code} ${ref}`, Math.max(sequence, sequences.get(`${code} ${ref}`) ?? 0));
      const sent = await sendStatus({
        url: `${appUrl()}/api/insurers/${code}/claims/${ref}/status`,
        secrets,
        now: now(),
        id: input.webhookId ?? `st_${randomBytes(12).toString("hex")}`,
        body: { claimRef: ref, insurerCode: code, insurerClaimNo: claimNo(code, ref), ...input, sequence },
      });
      inbox.note(ref, { status: input.status, sequence, answer: sent.status });
      return sent;
    },
    close: modes.close,
  };
}
