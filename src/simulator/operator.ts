/** A claim that its insurer has not taken, as the app's operator sees it. */
export interface Undelivered {
  id: string;
  insurer: string;
  /** of the case */
  number: string;
  state: "pending" | "inflight" | "done" | "dead" | "held";
  attempts: number;
  createdAt: Date;
  /** of the next attempt; null: none follows by itself */
  dueAt: Date | null;
  /** the last ones, oldest first; `code` is the outcome */
  log: readonly { n: number; at: Date; code: string }[];
}

/** What the app knows of its posts to the insurers, and what its operator can do about them. */
export interface Operator {
  undelivered(): Promise<Undelivered[]>;
  /** Due again now. */
  resend(id: string): Promise<unknown>;
  /** Insurers to which nothing is sent at present, and why. */
  circuits(): Record<string, string>;
}
