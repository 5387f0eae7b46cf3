import { randomBytes } from "node:crypto";
import type Router from "@koa/router";
import { NotFound } from "../../errors.ts";
import { claimNo, createInbox, type ReceivedClaim } from "./inbox.ts";
import { createModes, type Mode } from "./modes.ts";
import { insurerRouter } from "./router.ts";
import { type SentStatus, type StatusInput, sendStatus } from "./send-status.ts";

/** An insurer of the stand-in: the app signs with its secrets, and its call-backs are signed with them. */
export interface StandInInsurer {
  code: string;
  secrets: readonly string[];
}

export interface InsurerStandInOptions {
  insurers: readonly StandInInsurer[];
  /** the app's address, known once it listens */
  appUrl: () => string;
  now?: () => Date;
}

/**
 * Stand-ins for insurers: they receive claims, verify, accept each once, and answer as configured.
 * Development and tests only.
 */
export interface InsurerStandIn {
  /** serves POST /simulator/insurers/:code */
  router: Router;
  /** accepted claims, newest first; each counts once however often it arrives */
  inbox(code?: string): ReceivedClaim[];
  find(ref: string): ReceivedClaim | null;
  /** deliveries refused for a wrong signature */
  refused(): number;
  /** every request by id, in order, duplicates included */
  arrivals(code?: string): { code: string; id: string; mode: Mode["kind"] }[];
  /** sets this insurer's behaviour, for the next `times` requests if given */
  setMode(code: string, mode: Mode, times?: number): void;
  modeOf(code: string): Mode;
  /** each insurer answers normally again */
  behaveAsUsual(): void;
  /**
   * Sends a signed call-back to the app, with the next sequence number unless one is given. NotFound for an
   * insurer whose secret is not ours.
   */
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
