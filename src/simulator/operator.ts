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

/** An officer who exists for the simulator alone, with what signs in now. */
export interface DemoOfficer {
  number: string;
  name: string;
  role: string;
  password: string;
  /** of the second factor: the next one that was not used */
  code: string;
  /** the seconds after which that code is taken; 0: now */
  inS: number;
}

/** The app's posts to the insurers, and what its operator can do about them. */
export interface Operator {
  undelivered(): Promise<Undelivered[]>;
  /** Makes it due again now. */
  resend(id: string): Promise<unknown>;
  /** Insurers to which nothing is sent now, and why. */
  circuits(): Record<string, string>;
  /** none without a desk */
  officers(): Promise<DemoOfficer[]>;
  /** how many cases wait for an officer */
  waiting(): Promise<number>;
}
