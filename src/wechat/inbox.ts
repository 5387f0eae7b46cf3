/**
 * State of a push in the inbox. `holder` names one attempt, so that an attempt that lost its lease cannot
 * finish another's.
 */
export type InboxState =
  | { readonly state: "new" }
  | { readonly state: "running" }
  | { readonly state: "done"; readonly reply: string | null };

export interface InboxLease {
  readonly key: string;
  /**
   * Digits that grow with time and are the same for one key, so that pushes of one moment lie side by side on
   * the disk.
   */
  readonly order: string;
  /** The answer is ciphertext under the platform's key and need not be sealed again. */
  readonly isEncrypted: boolean;
  readonly holder: string;
  readonly leaseMs: number;
}

export interface KeptPush {
  /** the lease by which this push is renewed and finished */
  readonly lease: InboxLease;
  readonly message: string;
}

/**
 * Remembers pushes across processes, for at least 20 minutes (twice the age that a signed push may have).
 * Every step is atomic by `key`; time is the store's own. Implemented in src/store/inbox.ts.
 */
export interface InboxStore {
  /**
   * `new` takes the lease for this holder: the key was unknown, or its lease had expired because its process
   * died.
   */
  begin(lease: InboxLease): Promise<InboxState>;
  /** Extends the holder's lease; no effect when another holds it. */
  renew(lease: InboxLease): Promise<void>;
  /**
   * Returns the push: after `afterMs` any process may take it, as if this attempt had not been. No effect
   * when another holds the lease.
   */
  release(lease: InboxLease, afterMs: number): Promise<void>;
  /**
   * Stores the message itself, sealed, before the platform is told that it has arrived and stops repeating
   * it.
   */
  keep(lease: InboxLease, message: string): Promise<void>;
  /**
   * Takes over the oldest stored push whose process died before finishing it; null without one. A push on
   * which three processes died is left alone.
   */
  claimKept(holder: string, leaseMs: number): Promise<KeptPush | null>;
  /** Returns when the oldest stored push came that is not done; null: none is stored. */
  findKeptSince(): Promise<Date | null>;
  /**
   * Stores the answer (null: none) for later repetitions of the push; no effect when another holds the lease.
   */
  finish(lease: Omit<InboxLease, "leaseMs">, reply: string | null): Promise<void>;
}
