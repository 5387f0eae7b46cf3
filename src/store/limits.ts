/** How long the database may take, in milliseconds. A test gives shorter ones. */
export interface DatabaseLimits {
  /**
   * One command, from the wait for a connection to the last byte of its answer. A page with several commands
   * stays below 5 s.
   */
  commandMs: number;
  /** A command that touches many documents (`updateMany`, `deleteMany`) or carries the bytes of files. */
  bulkMs: number;
  /**
   * A fresh connection and one answer over it: shows whether the database is away or only our connections are
   * broken.
   */
  trialMs: number;
  /** TCP, TLS and first greeting of a connection, and each answer to the driver's heartbeat. */
  connectMs: number;
  /** Pause between two such tests while the database is away. */
  pauseMs: number;
  /** A command that takes longer marks the database as slow; pages then answer at their own limit. */
  slowMs: number;
  /** `/readyz` says 503 when the way of a request takes longer. */
  readyMs: number;
}

export const LIMITS: DatabaseLimits = {
  commandMs: 3_500,
  bulkMs: 20_000,
  trialMs: 1_000,
  connectMs: 3_000,
  pauseMs: 500,
  slowMs: 1_000,
  readyMs: 1_500,
};

/**
 * `connectMs` for the embedded database: it answers nobody while it builds an index, the driver's heartbeat
 * neither, and the driver ends what is under way where that goes unanswered.
 */
export const BUSY_CONNECT_MS = 60_000;

/** The driver's own limits, each behind one of ours. The driver's `timeoutMS` has no effect since 7.8. */
export const driverLimits = ({ commandMs, bulkMs, connectMs }: DatabaseLimits) => ({
  /** no server to send to (gone, or an election) */
  serverSelectionTimeoutMS: commandMs,
  /** all connections in use */
  waitQueueTimeoutMS: commandMs,
  connectTimeoutMS: connectMs,
  /** How soon a server that went away or came back is noticed; a new primary, too. */
  heartbeatFrequencyMS: 5_000,
  /**
   * Ends what the driver sends by itself (closing a cursor, a session): no limit of ours stands around that.
   */
  socketTimeoutMS: 2 * bulkMs,
  maxPoolSize: 20,
  /** Connections being made at once; one that hangs holds a place. */
  maxConnecting: 4,
});
