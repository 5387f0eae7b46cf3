/** A claim that its insurer has not accepted, as the app's operator sees it. */
export interface Undelivered {
  id: string;
  insurer: string;
  /** of the case */
  number: string;
  state: "pending" | "inflight" | "done" | "dead" | "held";
  attempts: number;
  createdAt: Date;
  /** of the next attempt; null: none is planned */
  dueAt: Date | null;
  /** the last attempts, oldest first; `code` is the result */
  log: readonly { n: number; at: Date; code: string }[];
}

/** The app's posts to the insurers, and what its operator can do about them. */
export interface Operator {
  undelivered(): Promise<Undelivered[]>;
  /** Makes it due again now. */
  resend(id: string): Promise<unknown>;
  /** Insurers to which nothing is sent now, and why. */
  circuits(): Record<string, string>;
}
