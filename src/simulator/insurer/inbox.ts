import type { Mode } from "./modes.ts";

/** A claim as received: headers and exact bytes. */
export interface ReceivedClaim {
  id: string;
  code: string;
  ref: string;
  receivedAt: Date;
  headers: Record<string, string>;
  body: string;
  /** number of deliveries; the first had effect */
  deliveries: number;
  /** call-backs that were sent for it */
  statuses: { status: string; sequence: number; answer: number }[];
}

export interface InsurerInbox {
  /** true when it is new; a repetition has no effect */
  take(claim: Omit<ReceivedClaim, "deliveries" | "statuses">): boolean;
  refuse(): void;
  arrive(arrival: { code: string; id: string; mode: Mode["kind"] }): void;
  note(ref: string, status: ReceivedClaim["statuses"][number]): void;
  list(code?: string): ReceivedClaim[];
  find(ref: string): ReceivedClaim | null;
  refused(): number;
  arrivals(code?: string): { code: string; id: string; mode: Mode["kind"] }[];
}

/** Creates an inbox in memory, of a thousand claims at most. */
export function createInbox(): InsurerInbox {
  const byId = new Map<string, ReceivedClaim>();
  const arrivals: { code: string; id: string; mode: Mode["kind"] }[] = [];
  let refused = 0;
  const all = () => [...byId.values()].reverse();
  return {
    take(claim) {
      const known = byId.get(claim.id);
      if (known) {
        known.deliveries++;
        return false;
      }
      byId.set(claim.id, { ...claim, deliveries: 1, statuses: [] });
      const [oldest] = byId.keys();
      if (byId.size > 1000 && oldest !== undefined) byId.delete(oldest);
      return true;
    },
    refuse: () => void refused++,
    arrive: (arrival) => void (arrivals.push(arrival) > 10_000 && arrivals.shift()),
    note: (ref, status) =>
      void all()
        .find((claim) => claim.ref === ref)
        ?.statuses.push(status),
    list: (code) => all().filter((claim) => code === undefined || claim.code === code),
    find: (ref) => all().find((claim) => claim.ref === ref) ?? null,
    refused: () => refused,
    arrivals: (code) => arrivals.filter((arrival) => code === undefined || arrival.code === code),
  };
}

/** Makes the stand-in's number of the claim (报案号). */
export const claimNo = (code: string, ref: string): string => `${code}-${ref}`;
