/** What the inbox knows of a push. `holder` names one attempt at the work, so that one that lost its lease cannot finish another's. */
export type InboxState =
  | { readonly state: "new" }
  | { readonly state: "running" }
  | { readonly state: "done"; readonly reply: string | null };

export interface InboxLease {
  readonly key: string;
  /** Digits that grow with time and are the same for one key: pushes of one moment then lie side by side on the disk. */
  readonly order: string;
  /** Its answer is ciphertext, under the platform's key: it need not be sealed once more. */
  readonly isEncrypted: boolean;
  readonly holder: string;
  readonly leaseMs: number;
}

export interface KeptPush {
  /** what renews and finishes it */
  readonly lease: InboxLease;
  readonly message: string;
}

/**
 * Remembers pushes across processes, for at least 20 minutes (twice the age that a signed push may have).
 * Every step is atomic by `key`; time is the store's own.
 */
export interface InboxStore {
  /** `new` takes the lease for this holder: the key was unknown, or running with a lease that is over (its process died). */
  begin(lease: InboxLease): Promise<InboxState>;
  /** Extends the holder's lease; without effect when it is no longer his. */
  renew(lease: InboxLease): Promise<void>;
  /**
   * Returns the work: after `afterMs` anybody can take it, as if this attempt had not been. Without effect
   * when another process holds the lease.
   */
  release(lease: InboxLease, afterMs: number): Promise<void>;
  /** Keeps the message itself, sealed: the platform is about to be told that it has arrived, and will not send it again. */
  keep(lease: InboxLease, message: string): Promise<void>;
  /**
   * Takes over one that was kept and whose process died before it was done, the oldest first; null: there is none. One that has ended three
   * processes is left alone.
   */
  claimKept(holder: string, leaseMs: number): Promise<KeptPush | null>;
  /** Keeps the answer (null: nothing was said), for the retries that may still come; without effect when the lease is another's. */
  finish(lease: Omit<InboxLease, "leaseMs">, reply: string | null): Promise<void>;
}
