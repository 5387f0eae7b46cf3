import type { Connection } from "mongoose";
import { codeOf } from "../errors.ts";
import { bare } from "./bulk.ts";
import { compareKey } from "./key-check.ts";
import { createLegacySeals } from "./migrations/legacy-seals.ts";
import { schemaOf } from "./schema-state.ts";
import { createVault } from "./vault.ts";

/** What a database says of itself, without a change to it; null where it does not say. */
export interface DatabaseFacts {
  version: string | null;
  /** of the replica set; null: it is none */
  setName: string | null;
  members: number;
  /** code of a write that waited for the majority and changed nothing; null: it was answered */
  writeFault: string | null;
  /** the database's clock minus this machine's */
  differenceMs: number;
  /** null: nothing was ever written */
  schemaVersion: number | null;
  /** the lowest schema version whose programs may work on it; null: nothing was ever written */
  schemaOldest: number | null;
  /** whether DATA_KEY opens what is stored; null: nothing is stored */
  isKey: boolean | null;
  /** room on the disk of its files */
  room: { freeMb: number; totalMb: number } | null;
}

const MB = 1024 * 1024;

/** Asks the database; a command that it does not know, or does not allow, leaves its facts null. */
export async function readDatabaseFacts(
  connection: Connection,
  { dataKeys, differenceMs }: { dataKeys: readonly [Buffer, ...Buffer[]]; differenceMs: number },
): Promise<DatabaseFacts> {
  const [dataKey, ...others] = dataKeys;
  const ask = async (command: object): Promise<Record<string, unknown>> =>
    (await connection.db?.command(command).catch(() => ({}))) ?? {};
  const [hello, build, stats] = await Promise.all([
    ask({ hello: 1 }),
    ask({ buildInfo: 1 }),
    ask({ dbStats: 1, freeStorage: 0 }),
  ]);
  const { setName, hosts } = hello;
  const { fsTotalSize: total, fsUsedSize: used } = stats;
  const schema = await schemaOf(connection).findOne({ _id: "schema" });
  return {
    version: typeof build["version"] === "string" ? build["version"] : null,
    setName: typeof setName === "string" ? setName : null,
    members: Array.isArray(hosts) ? hosts.length : 0,
    writeFault: await writeFault(connection),
    differenceMs,
    schemaVersion: schema?.version ?? null,
    schemaOldest: schema?.oldest ?? schema?.version ?? null,
    isKey: await compareKey(connection, createVault(dataKey, others), createLegacySeals(dataKey, others)),
    room:
      typeof total === "number" && typeof used === "number" && total > 0
        ? { freeMb: Math.floor((total - used) / MB), totalMb: Math.floor(total / MB) }
        : null,
  };
}

/** No document has this id: the write waits for the majority all the same. */
async function writeFault(connection: Connection): Promise<string | null> {
  try {
    await bare<{ _id: string; at?: Date }>(connection, "keys").updateOne({ _id: "none" }, { $unset: { at: "" } });
    return null;
  } catch (error) {
    return codeOf(error);
  }
}
