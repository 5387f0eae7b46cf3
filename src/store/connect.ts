import mongoose, { type Connection } from "mongoose";

/** A connection of our own, never mongoose's global one: several contexts live in one process. Writes are acknowledged by a majority and when journaled. */
export async function connect(uri: string): Promise<Connection> {
  const connection = mongoose.createConnection(uri, {
    dbName: databaseName(uri),
    autoIndex: false,
    autoCreate: false,
    writeConcern: { w: "majority", j: true },
    serverSelectionTimeoutMS: 5_000,
    maxPoolSize: 20,
  });
  return connection.asPromise();
}

/** The name in the URI, else ours. */
function databaseName(uri: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri)?.[1];
  return name ?? "kuaichu";
}

export async function isReady(connection: Connection): Promise<boolean> {
  try {
    await connection.db?.command({ ping: 1 }, { timeoutMS: 2_000 });
    return connection.readyState === mongoose.ConnectionStates.connected;
  } catch {
    return false;
  }
}
