import { createHash } from "node:crypto";
import type { Connection } from "mongoose";
import { IDLE_MS, SESSION_MS } from "../domain/officer.ts";
import { bare } from "./bulk.ts";

/** Sessions of the desk, on the server, by the hash of what the cookie holds. */
export interface OfficerSessions {
  start(session: { token: string; officerId: string }, at: Date): Promise<void>;
  /** A living session, which lives on by it; null: none, idle too long, or at its end. */
  use(token: string, at: Date): Promise<LivingSession | null>;
  /** … which does not live on by it: an open page asks by itself. */
  peek(token: string, at: Date): Promise<LivingSession | null>;
  /** The officers who have a living session, each once. */
  listPresent(at: Date): Promise<string[]>;
  end(token: string): Promise<void>;
  endAllOf(officerId: string): Promise<void>;
}

/** Whose session it is, and when it ends if nothing is done before. */
export interface LivingSession {
  officerId: string;
  until: Date;
}

interface SessionDocument {
  _id: string;
  officerId: string;
  seenAt: Date;
  endsAt: Date;
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** A session that is used all the time is written once in this time. */
const NOTED_EVERY_MS = 30_000;

const livingOf = ({ officerId, seenAt, endsAt }: SessionDocument): LivingSession => ({
  officerId,
  until: new Date(Math.min(seenAt.getTime() + IDLE_MS, endsAt.getTime())),
});

export async function createOfficerSessions(connection: Connection): Promise<OfficerSessions> {
  const collection = bare<SessionDocument>(connection, "officer_sessions");
  await collection.createIndex({ endsAt: 1 }, { expireAfterSeconds: 0 });
  await collection.createIndex({ officerId: 1 });
  async function living(token: string, at: Date): Promise<SessionDocument | null> {
    const found = await collection.findOne({ _id: hashOf(token) });
    if (!found || found.endsAt <= at) return null;
    return at.getTime() - found.seenAt.getTime() >= IDLE_MS ? null : found;
  }

  return {
    async start({ token, officerId }, at) {
      const endsAt = new Date(at.getTime() + SESSION_MS);
      await collection.insertOne({ _id: hashOf(token), officerId, seenAt: at, endsAt });
    },
    async use(token, at) {
      const found = await living(token, at);
      if (!found) return null;
      const { _id, seenAt } = found;
      if (at.getTime() - seenAt.getTime() < NOTED_EVERY_MS) return livingOf(found);
      await collection.updateOne({ _id }, { $set: { seenAt: at } });
      return livingOf({ ...found, seenAt: at });
    },
    async peek(token, at) {
      const found = await living(token, at);
      return found && livingOf(found);
    },
    async listPresent(at) {
      const living = { endsAt: { $gt: at }, seenAt: { $gt: new Date(at.getTime() - IDLE_MS) } };
      const found = await collection.find(living, { projection: { officerId: 1 } }).toArray();
      return [...new Set(found.map(({ officerId }) => officerId))];
    },
    async end(token) {
      await collection.deleteOne({ _id: hashOf(token) });
    },
    async endAllOf(officerId) {
      await collection.deleteMany({ officerId });
    },
  };
}
