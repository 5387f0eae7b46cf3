import type { Log } from "../log.ts";

/**
 * Result of one post with respect to the connection:
 * - `answered`: any answer came
 * - `no-answer`: none, or not in time
 * - `clock-differs`: our signature was refused and the clocks differ
 */
export type Contact =
  | { kind: "answered" }
  | { kind: "no-answer" }
  /** our time minus the time in the answer's `Date`, in seconds */
  | { kind: "clock-differs"; differenceS: number };

/**
 * Circuit breaker of one insurer in one process. It opens after three posts in a row without an answer, or at
 * once when the clocks differ; then one post a minute probes, and the first answer closes it.
 */
export interface Circuit {
  /** Posts that may run at once now: all places, one (the probe), or none. */
  places(): number;
  /** Milliseconds until the next probe; null while the circuit is closed. */
  waitMs(): number | null;
  note(contact: Contact): void;
  /** "open since …", for an operator; null while closed. */
  state(): string | null;
}

/** of one insurer in one process: one that does not answer holds no more */
const PLACES = 4;
const FAILURES = 3;
const PROBE_MS = 60_000;
/** An outage is logged as an error after this time, then every REMINDER_MS. */
const FIRST_REMINDER_MS = 10 * 60_000;
const REMINDER_MS = 6 * 3600_000;

interface Open {
  contact: Exclude<Contact, { kind: "answered" }>;
  since: Date;
  /** time of the last failed post */
  triedAt: Date;
  remindAtMs: number;
}

export function createCircuit(insurer: string, { clock, log }: { clock: { now(): Date }; log: Log }): Circuit {
  let failures = 0;
  let open: Open | null = null;

  const waitMs = (): number | null => {
    if (!open) return null;
    const passed = clock.now().getTime() - open.triedAt.getTime();
    // a clock that was set back must not delay the probe
    return passed < 0 ? 0 : Math.max(0, PROBE_MS - passed);
  };

  const close = () => {
    failures = 0;
    if (open) log.info({ insurer, openS: secondsSince(open, clock.now()) }, "insurers.circuit-closed");
    open = null;
  };

  const fail = (contact: Open["contact"]) => {
    failures++;
    const now = clock.now();
    const clockNews = contact.kind === "clock-differs" && open?.contact.kind !== contact.kind;
    if (clockNews) log.error({ insurer, differenceS: contact.differenceS }, "insurers.clock-differs");
    else if (!open && failures === FAILURES) log.warn({ insurer, code: contact.kind }, "insurers.circuit-opened");
    if (open) {
      const due = now.getTime() >= open.remindAtMs;
      if (due) log.error({ insurer, code: contact.kind, openS: secondsSince(open, now) }, "insurers.still-open");
      open = { ...open, contact, triedAt: now, remindAtMs: due ? now.getTime() + REMINDER_MS : open.remindAtMs };
    } else if (clockNews || failures >= FAILURES) {
      open = { contact, since: now, triedAt: now, remindAtMs: now.getTime() + FIRST_REMINDER_MS };
    }
  };

  return {
    places() {
      const wait = waitMs();
      if (wait === null) return PLACES;
      return wait > 0 ? 0 : 1;
    },
    waitMs,
    note: (contact) => (contact.kind === "answered" ? close() : fail(contact)),
    state: () => open && `open since ${open.since.toISOString()}: ${textOf(open.contact)}`,
  };
}

const textOf = (contact: Open["contact"]): string =>
  contact.kind === "no-answer" ? "no answer" : `our clock differs by ${contact.differenceS} s`;

const secondsSince = ({ since }: Open, now: Date): number => Math.round((now.getTime() - since.getTime()) / 1000);
