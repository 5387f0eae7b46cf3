import { DatabaseFault } from "./database-fault.ts";

/**
 * Options of MONGODB_URI, in lower case, that would lower what is promised, and the values that would not.
 */
const SAFE: Readonly<Record<string, { values: readonly string[]; why: string }>> = {
  w: { values: ["majority"], why: "what was accepted must outlive the loss of a server" },
  journal: { values: ["true"], why: "what was accepted must outlive a crash" },
  retrywrites: { values: ["true"], why: "a change of the primary must not be seen by a driver" },
  retryreads: { values: ["true"], why: "a change of the primary must not be seen by a driver" },
  readpreference: { values: ["primary"], why: "who has just written must read what was written" },
  readconcernlevel: { values: ["local", "majority", "linearizable"], why: "what was read must not be taken back" },
};

/**
 * Throws a DatabaseFault that names the first option that lowers safety. Timeouts and pool sizes are
 * overridden silently.
 */
export function checkUri(uri: string): void {
  const query = new URLSearchParams(uri.split("?")[1] ?? "");
  for (const [name, value] of query) {
    const rule = SAFE[name.toLowerCase()];
    if (rule && !rule.values.includes(value.toLowerCase()))
      throw new DatabaseFault(`MONGODB_URI says ${name}=${value}: take it out, because ${rule.why}.`);
  }
}

/** host:port of each server, without user and password. */
export const hostsOf = (uri: string): string =>
  decodeURIComponent(/^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]*)/.exec(uri)?.[1] ?? "?");

/** The name in the URI, else ours. */
export const databaseNameOf = (uri: string): string =>
  /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri)?.[1] ?? "kuaichu";
