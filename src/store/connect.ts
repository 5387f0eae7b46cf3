import mongoose, { type Connection } from "mongoose";
import { DatabaseAway, errorOf } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Timer } from "../timer.ts";
import { DatabaseFault, faultOf, type Greeting } from "./database-fault.ts";
import { Guard, type GuardOptions, isLost } from "./guard.ts";
import { type Guarding, guardedCollection } from "./guarded-collection.ts";
import { createIndexBook, type IndexBook } from "./index-book.ts";
import { type DatabaseLimits, driverLimits, LIMITS } from "./limits.ts";
import type { RoomWatch } from "./room-watch.ts";
import { checkUri, databaseNameOf, hostsOf } from "./uri-options.ts";

export interface ConnectOptions {
  log?: Log;
  room?: RoomWatch;
  noteCommand?: GuardOptions["noteCommand"];
  /** what becomes of indexes that the database lacks; they are built else */
  indexes?: IndexBook;
  /** LIMITS unless told */
  limits?: Partial<DatabaseLimits>;
  /** for tests; PATIENT_TIMER else */
  timer?: Timer | undefined;
}

/**
 * `wtimeout`: after this a write without a majority's answer counts as unsettled and is repeated or looked
 * up.
 */
const MAJORITY_MS = 3_000;

/**
 * Opens a connection of its own, never mongoose's global one, since several contexts live in one process.
 * Writes wait for the majority and the journal, reads go to the primary, and each command has its limit
 * (`guardOf`). Throws a DatabaseFault.
 */
export async function connect(uri: string, options: ConnectOptions = {}): Promise<Connection> {
  const { log, room, timer, noteCommand, limits: some, indexes = createIndexBook({ builds: true }) } = options;
  checkUri(uri);
  const limits = { ...LIMITS, ...some };
  const counts = { open: 0, taken: 0 };
  const createClient = () => {
    const client = new mongoose.mongo.MongoClient(uri, {
      dbName: databaseNameOf(uri),
      writeConcern: { w: "majority", j: true, wtimeoutMS: MAJORITY_MS },
      readPreference: "primary",
      retryWrites: true,
      retryReads: true,
      ...driverLimits(limits),
    } as mongoose.mongo.MongoClientOptions);
    countConnections(client, counts);
    return client;
  };
  const first = await open(createClient, hostsOf(uri));
  const guard = new Guard(first, { createClient, limits, log, room, timer, noteCommand });
  const connection = mongoose.createConnection();
  // Each command reports its own errors; the events of the first client add nothing.
  connection.on("error", () => {});
  connection.setClient(first);
  Object.assign(connection, {
    db: guardedDb(first.db(), { guard, limits, room, indexes }),
    close: () => guard.close(),
  });
  guards.set(connection, guard);
  connectionCounts.set(connection, counts);
  return connection;
}

interface ConnectionCounts {
  open: number;
  /** in use by a command */
  taken: number;
}

function countConnections(client: mongoose.mongo.MongoClient, counts: ConnectionCounts): void {
  client.on("connectionCreated", () => void counts.open++);
  client.on("connectionClosed", () => void counts.open--);
  client.on("connectionCheckedOut", () => void counts.taken++);
  client.on("connectionCheckedIn", () => void counts.taken--);
}

const guards = new WeakMap<Connection, Guard>();
const connectionCounts = new WeakMap<Connection, ConnectionCounts>();

/** How many connections a connection that `connect` made has to its servers at this moment. */
export const connectionCountsOf = (connection: Connection): ConnectionCounts => ({
  ...(connectionCounts.get(connection) ?? { open: 0, taken: 0 }),
});

/** The guard of a connection that `connect` made. */
export const guardOf = (connection: Connection): Guard => guards.get(connection) as Guard;

/**
 * Returns the fault of a database that fails after the connection (a user without rights); null for other
 * errors.
 */
export function startFaultOf(
  error: unknown,
  { mongodbUri, dataDir }: { mongodbUri: string | null; dataDir: string },
): DatabaseFault | null {
  const isOfDatabase = error instanceof mongoose.mongo.MongoError || error instanceof DatabaseAway;
  if (!isOfDatabase) return null;
  const cause = error instanceof DatabaseAway ? error.cause : error;
  const lost = cause === undefined || isLost(cause);
  if (mongodbUri && !lost) return faultOf(error, hostsOf(mongodbUri), []);
  const what = mongodbUri ? `database at ${hostsOf(mongodbUri)}` : `embedded database in ${dataDir}/database`;
  const why = lost ? "answered at first and does not any more: see whether it is running" : errorOf(error).message;
  return new DatabaseFault(`The ${what} cannot be used: ${why}.`, error);
}

async function open(
  createClient: () => mongoose.mongo.MongoClient,
  hosts: string,
): Promise<mongoose.mongo.MongoClient> {
  const greetings: Greeting[] = [];
  let client: mongoose.mongo.MongoClient | undefined;
  try {
    client = createClient();
    client.on("serverHeartbeatSucceeded", ({ reply }) => greetings.push(reply));
    await client.connect();
    client.removeAllListeners("serverHeartbeatSucceeded");
    return client;
  } catch (error) {
    await client?.close().catch(() => {});
    throw faultOf(error, hosts, greetings);
  }
}

/** Wraps the database so that collections and commands have limits; stores use nothing else of the driver. */
function guardedDb(db: mongoose.mongo.Db, guarding: Guarding): mongoose.mongo.Db {
  const collection = db.collection.bind(db);
  return Object.assign(db, {
    collection: (name: string) => guardedCollection(collection(name), guarding),
    command: (command: object, options: object = {}) =>
      guarding.guard.run((current, signal) => current.command(command, { ...options, signal })),
  });
}
