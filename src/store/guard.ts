import { setTimeout as sleep } from "node:timers/promises";
import { mongo } from "mongoose";
import { Busy, DatabaseAway, errorOf, factsOf } from "../errors.ts";
import type { Log, LogFields } from "../log.ts";
import { SYSTEM_TIMER, type Timer } from "../timer.ts";
import { limited, PATIENT_TIMER, type Running, Silence } from "./limited.ts";
import type { DatabaseLimits } from "./limits.ts";
import type { RoomWatch } from "./room-watch.ts";

/** One set of connections to the database. */
export interface Pool {
  client: mongo.MongoClient;
  db: mongo.Db;
  running: Running;
}

type Command<T> = (db: mongo.Db, signal: AbortSignal) => Promise<T>;

export interface GuardOptions {
  /** a client that is not connected yet */
  createClient(): mongo.MongoClient;
  limits: DatabaseLimits;
  log?: Log;
  /** is told how each command ended and how long it took */
  noteCommand?: ((outcome: "done" | "failed" | "lost", seconds: number) => void) | undefined;
  /** is told of writes for which there was no room */
  room?: RoomWatch;
  /** for tests; PATIENT_TIMER else */
  timer?: Timer | undefined;
}

/**
 * Circuit breaker in front of the database. Each command settles within its limit. After one without an
 * answer a fresh connection is tried. If the database answers there, all connections are replaced, because
 * the driver can wait for ever on one that was cut at the wrong moment. If not, the database is away, and
 * every command fails at once until a fresh connection is answered.
 */
export class Guard {
  readonly #options: GuardOptions & { timer: Timer };
  readonly #pools = new Set<Pool>();
  #pool: Pool;
  #trial: Promise<void> | null = null;
  #isAway = false;
  #slowUntil = 0;
  /** Commands with a longer limit than usual that have taken longer than the usual one. */
  #overdue = 0;
  readonly #closing = new AbortController();

  /** `first`: a client that is connected. */
  constructor(first: mongo.MongoClient, options: GuardOptions) {
    this.#options = { ...options, timer: options.timer ?? PATIENT_TIMER };
    this.#pool = this.#poolOf(first);
  }

  get db(): mongo.Db {
    return this.#pool.db;
  }

  /** Whether the database is away, being tried, or was slow within the last seconds. */
  get isSlow(): boolean {
    return this.#isAway || this.#trial !== null || this.#overdue > 0 || performance.now() < this.#slowUntil;
  }

  /**
   * Runs one command within `ms` (the limit of commands unless told). Throws DatabaseAway when there was no
   * answer.
   */
  async run<T>(command: Command<T>, ms = this.#options.limits.commandMs): Promise<T> {
    if (this.#trial) await this.#trial;
    if (this.#isAway) throw new DatabaseAway();
    const pool = this.#pool;
    const since = performance.now();
    const notOverdue = this.#watch(ms);
    let outcome: "done" | "failed" | "lost" = "done";
    try {
      const limit = { timer: this.#options.timer, ms, running: pool.running };
      return await limited(limit, (signal) => command(pool.db, signal));
    } catch (error) {
      outcome = isLost(error) ? "lost" : "failed";
      if (isLost(error)) this.#doubt(pool, error);
      if (isLost(error) || isUnsettled(error)) throw new DatabaseAway(error);
      if (!isFull(error)) throw error;
      this.#options.room?.refused();
      throw new Busy(FULL_RETRY_S, "storage-full", error);
    } finally {
      notOverdue();
      const now = performance.now();
      this.#options.noteCommand?.(outcome, (now - since) / 1000);
      if (now - since > this.#options.limits.slowMs) this.#slowUntil = now + SLOW_FOR_MS;
    }
  }

  /**
   * Runs a command that takes as long as it takes; one that takes longer than others may is said in the log.
   */
  async runPatiently<T>(what: LogFields, command: (db: mongo.Db) => Promise<T>): Promise<T> {
    const { limits, log, timer } = this.#options;
    const stop = timer.after(limits.commandMs, () => log?.warn(what, "database.still-waiting"));
    try {
      return await command(this.#pool.db);
    } catch (error) {
      throw isLost(error) ? new DatabaseAway(error) : error;
    } finally {
      stop();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#pools].map((pool) => this.#end(pool)));
  }

  /**
   * Counts a command with a long limit as overdue once it has taken the usual limit, until the returned
   * function is called.
   */
  #watch(ms: number): () => void {
    const { limits, timer } = this.#options;
    if (ms <= limits.commandMs) return () => {};
    let isOverdue = false;
    const stop = timer.after(limits.commandMs, () => {
      isOverdue = true;
      this.#overdue++;
    });
    return () => {
      stop();
      if (isOverdue) this.#overdue--;
    };
  }

  #poolOf(client: mongo.MongoClient): Pool {
    const pool: Pool = { client, db: client.db(), running: new Set() };
    this.#pools.add(pool);
    return pool;
  }

  #doubt(pool: Pool, error: unknown): void {
    if (pool !== this.#pool || this.#trial || this.#isAway || this.#closing.signal.aborted) return;
    this.#trial = this.#judge(errorOf(error).name).finally(() => {
      this.#trial = null;
    });
  }

  async #judge(code: string): Promise<void> {
    const { log } = this.#options;
    if (await this.#renew()) return void log?.warn({ code }, "database.connections-replaced");
    if (this.#closing.signal.aborted) return;
    this.#isAway = true;
    log?.error({ code }, "database.away");
    for (const giveUp of [...this.#pool.running]) giveUp();
    void this.#awaitReturn();
  }

  async #awaitReturn(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#closing;
    do await this.#pause();
    while (!signal.aborted && !(await this.#renew()));
    if (signal.aborted) return;
    this.#isAway = false;
    log?.info("database.back");
  }

  #pause(): Promise<void> {
    const { limits, timer } = this.#options;
    const { signal } = this.#closing;
    return new Promise((resolve) => {
      const end = () => {
        stop();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const stop = timer.after(limits.pauseMs, end);
      signal.addEventListener("abort", end);
    });
  }

  /** Replaces the connections by fresh ones. False: the database does not answer on them. */
  async #renew(): Promise<boolean> {
    const { createClient, limits, timer } = this.#options;
    const client = createClient();
    const fresh = this.#poolOf(client);
    try {
      await limited({ timer, ms: limits.trialMs }, async (signal) => {
        await client.connect();
        await fresh.db.command({ ping: 1 }, { signal });
      });
    } catch {
      void this.#end(fresh);
      return false;
    }
    const old = this.#pool;
    this.#pool = fresh;
    void this.#retire(old);
    return true;
  }

  /**
   * Closes the old connections after the commands that still run on them have ended, or their limit is over.
   */
  async #retire(pool: Pool): Promise<void> {
    const until = performance.now() + this.#options.limits.bulkMs;
    while (pool.running.size > 0 && performance.now() < until && !this.#closing.signal.aborted)
      await sleep(RETIRE_LOOK_MS, undefined, { ref: false });
    await this.#end(pool);
  }

  /** Closes a set of connections without waiting for answers, as the driver would. */
  async #end(pool: Pool): Promise<void> {
    for (const giveUp of [...pool.running]) giveUp();
    // On the system's timer, so that a test's clock cannot hold up the end.
    const limit = { timer: SYSTEM_TIMER, ms: this.#options.limits.trialMs };
    await limited(limit, () => pool.client.close()).catch(() => {});
    this.#pools.delete(pool);
  }
}

const RETIRE_LOOK_MS = 250;
/** Longer than a page may take. */
const SLOW_FOR_MS = 5_000;

/** What a socket says of itself before the driver has taken it for a fault of the network. */
const SOCKET_CODES = /^(ECONN|EPIPE|ETIMEDOUT|ENETDOWN|ENETUNREACH|EHOSTUNREACH|ERR_STREAM_|ERR_SOCKET_)/;

/** No answer, so the outcome is unknown. The driver wraps such an error of a bulk write. */
export const isLost = (error: unknown): boolean =>
  (error instanceof mongo.MongoBulkWriteError && isLost(error.errorResponse)) ||
  error instanceof Silence ||
  error instanceof mongo.MongoNetworkError ||
  SOCKET_CODES.test(String(factsOf(error).code)) ||
  error instanceof mongo.MongoServerSelectionError ||
  LOST.has(factsOf(error).name);
const LOST: ReadonlySet<unknown> = new Set([
  "MongoWaitQueueTimeoutError",
  "MongoTopologyClosedError",
  "MongoServerClosedError",
  "MongoClientClosedError",
  "MongoNotConnectedError",
]);

/**
 * Codes by which the server says that the outcome is unknown or that it cannot now: time limit (50), no
 * majority (64), no primary, shutting down.
 */
const UNSETTLED: readonly unknown[] = [50, 64, 91, 189, 10107, 11600, 11602, 13435, 13436];
const isUnsettled = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && UNSETTLED.includes(error.code);

/** OutOfDiskSpace, and what Atlas says when its share is used up */
const FULL_CODES: readonly unknown[] = [14031, 8000];
const FULL_WORDS = /no space left|disk full|ENOSPC|MDB_MAP_FULL|space quota|could not extend file/i;
const FULL_RETRY_S = 60;

/** A full disk: the same write succeeds once there is room. */
const isFull = (error: unknown): boolean => {
  const { code, message } = factsOf(error);
  return FULL_CODES.includes(code) || FULL_WORDS.test(String(message));
};
