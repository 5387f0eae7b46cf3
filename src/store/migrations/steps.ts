import { toVersion1 } from "./1.ts";
import { toVersion2 } from "./2.ts";
import type { Migration } from "./migration.ts";

/** One migration; its place in the list, from 1, is the schema version that it leads to. */
export interface Step {
  name: string;
  up: Migration;
  /** The lowest schema version whose programs may work on the database during this migration and after it. */
  oldest: number;
}

/** In order. Each is safe to repeat, and does little on an empty database. */
export const STEPS: readonly Step[] = [
  { name: "1-sealed-anew", up: toVersion1, oldest: 1 },
  { name: "2-listed", up: toVersion2, oldest: 2 },
];
