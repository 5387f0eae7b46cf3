import { StartFault } from "../errors.ts";

/** Says what is wrong with the database, and what to do. */
export class DatabaseFault extends StartFault {}

/** Patterns for the messages of an error and its causes, with what to say; the first match is used. */
const KNOWN: readonly (readonly [words: RegExp, say: string])[] = [
  [/ENOTFOUND|EAI_AGAIN|querySrv|queryTxt/, "this host name is not known: correct it in MONGODB_URI"],
  [/not authorized on/i, "its user may not do what is needed: give it the role `readWrite` on this database"],
  [
    /Authentication failed|auth failed|bad auth|not authorized|requires authentication/i,
    "it refuses the user or the password: correct them in MONGODB_URI, and `authSource` where the user is kept elsewhere",
  ],
  [
    /certificate|altnames|CERT_/i,
    "its TLS certificate is not trusted: name the authority with `tlsCAFile` in MONGODB_URI, and the host as the certificate names it",
  ],
  [
    /wrong version number|EPROTO|before secure TLS|packet length too long/i,
    "MONGODB_URI asks for TLS and the other side does not speak it: correct host and port, or set `tls=false`",
  ],
  [/ECONNREFUSED|ENOENT/, "nothing listens there: start it, or correct host and port in MONGODB_URI"],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed out|no answer within/,
    "nothing answers there in time: see whether it is running, and whether a firewall stands between",
  ],
  [
    /closed|ECONNRESET|EPIPE|message size|wire version/i,
    "what listens there is no MongoDB, or wants TLS: correct host and port in MONGODB_URI, or set `tls=true`",
  ],
];

/** A server's answer to the driver's greeting. */
export interface Greeting {
  setName?: string;
}

/** Says why the first connection failed. `hosts` are those of the URI, without user and password. */
export function faultOf(error: unknown, hosts: string, greetings: readonly Greeting[]): DatabaseFault {
  if (error instanceof DatabaseFault) return error;
  const texts = causesOf(error);
  const known = KNOWN.find(([words]) => texts.some((text) => words.test(text)));
  const say = wrongSet(error, greetings) ?? known?.[1] ?? `${texts.at(0)}`;
  return new DatabaseFault(`The database at ${hosts} cannot be used: ${say}.`, error);
}

interface Reason {
  setName?: string | null;
  servers?: Map<string, { error: unknown }>;
}

const reasonOf = (error: unknown): Reason => (error as { reason?: Reason }).reason ?? {};

/** Returns what to say where servers answer but are not of the named replica set, or none is the primary. */
function wrongSet(error: unknown, greetings: readonly Greeting[]): string | null {
  const first = greetings[0];
  if (!first) return null;
  const wanted = reasonOf(error).setName;
  if (!wanted) return "it has no primary: look at rs.status()";
  if (!first.setName) return `it is no replica set: take \`replicaSet=${wanted}\` out of MONGODB_URI`;
  if (first.setName === wanted) return "its replica set has no primary: look at rs.status()";
  return `its replica set is named ${first.setName}: put \`replicaSet=${first.setName}\` into MONGODB_URI, not ${wanted}`;
}

/** Lists the messages of the servers' errors and of all causes, the innermost first. */
function causesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const servers = [...(reasonOf(error).servers?.values() ?? [])];
  const inner = [...servers.map((server) => server.error), error.cause].flatMap((one) => causesOf(one, depth + 1));
  return [...inner, error.message];
}
