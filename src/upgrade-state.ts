import type { Config } from "./config.ts";
import { createCollections } from "./create-collections.ts";
import { createMetrics } from "./metrics.ts";
import { type OpenStore, openStore } from "./open-store.ts";
import { besideServer, commandLog } from "./operator-program.ts";
import type { Overrides } from "./overrides.ts";
import { readSchema, type Schema } from "./store/schema-state.ts";

/** How far a database is from what this code needs. */
export interface UpgradeState {
  schema: Schema;
  /** names of the indexes that it lacks */
  indexes: readonly string[];
  /** no case and no person are in it */
  isEmpty: boolean;
}

/** Looks at the database of the settings and changes nothing. */
export const readUpgradeState = (config: Config, overrides: Overrides = {}): Promise<UpgradeState> =>
  openedAs({ mode: "look" }, config, overrides);

/**
 * Opens the database with all its stores, which makes what `upgrade` says, and closes it; while a server owns
 * the embedded one, over that. Returns how far it is then.
 */
export async function openedAs(
  upgrade: NonNullable<Overrides["upgrade"]>,
  config: Config,
  overrides: Overrides,
): Promise<UpgradeState> {
  const log = overrides.log ?? commandLog(config);
  const store = await besideServer((uri) =>
    openStore(config, { ...overrides, ...(uri && { databaseUri: uri }), upgrade }, log, createMetrics()),
  );
  try {
    await createCollections(config, store, log);
    return await stateOf(store);
  } finally {
    await store.close();
  }
}

async function stateOf({ connection, missingIndexes }: OpenStore): Promise<UpgradeState> {
  const isIn = async (name: string) => (await connection.collection(name).findOne({})) !== null;
  const isEmpty = !(await isIn("accidents")) && !(await isIn("people"));
  return { schema: await readSchema(connection), indexes: missingIndexes(), isEmpty };
}
