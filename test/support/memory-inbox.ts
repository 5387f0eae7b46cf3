import type { InboxLease, InboxState, InboxStore, KeptPush } from "../../src/wechat/inbox.ts";

interface Entry {
  holder: string;
  until: number;
  reply?: string | null;
  kept?: string;
}

/**
 * The inbox port in memory, for tests of the protocol alone; two handlers that share one are two processes.
 */
export class MemoryInbox implements InboxStore {
  readonly entries = new Map<string, Entry>();
  begins = 0;
  renewals = 0;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  async begin({ key, holder, leaseMs }: InboxLease): Promise<InboxState> {
    this.begins += 1;
    const known = this.entries.get(key);
    if (known?.reply !== undefined) return { state: "done", reply: known.reply };
    if (known && known.until > this.#now()) return { state: "running" };
    this.entries.set(key, { holder, until: this.#now() + leaseMs });
    return { state: "new" };
  }

  async renew({ key, holder, leaseMs }: InboxLease): Promise<void> {
    this.renewals += 1;
    const known = this.entries.get(key);
    if (known?.holder === holder) known.until = this.#now() + leaseMs;
  }

  async release({ key, holder }: InboxLease, afterMs: number): Promise<void> {
    const known = this.entries.get(key);
    if (known?.holder === holder) known.until = this.#now() + afterMs;
  }

  async keep({ key, holder }: InboxLease, message: string): Promise<void> {
    const known = this.entries.get(key);
    if (known?.holder === holder) known.kept = message;
  }

  async findKeptSince(): Promise<Date | null> {
    const isKept = [...this.entries.values()].some(({ kept, reply }) => kept !== undefined && reply === undefined);
    return isKept ? new Date(0) : null;
  }

  async claimKept(holder: string, leaseMs: number): Promise<KeptPush | null> {
    for (const [key, entry] of this.entries) {
      if (entry.kept === undefined || entry.reply !== undefined || entry.until > this.#now()) continue;
      Object.assign(entry, { holder, until: this.#now() + leaseMs });
      return { lease: { key, order: "1", isEncrypted: true, holder, leaseMs }, message: entry.kept };
    }
    return null;
  }

  async finish({ key, holder }: Omit<InboxLease, "leaseMs">, reply: string | null): Promise<void> {
    const known = this.entries.get(key);
    if (known?.holder === holder) known.reply = reply;
  }
}
