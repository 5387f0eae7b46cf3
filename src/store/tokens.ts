import { randomUUID } from "node:crypto";
import { type Connection, Schema } from "mongoose";
import { unlessThere } from "./duplicate.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import { openedOrNull, type Vault } from "./vault.ts";

interface TokenDocument {
  _id: string;
  sealed?: unknown;
  expiresAt?: number;
  fetchedAt?: number;
  leaseOwner?: string;
  leaseUntil?: Date;
}

const schema = new Schema<TokenDocument>(
  { _id: String, sealed: Buffer, expiresAt: Number, fetchedAt: Number, leaseOwner: String, leaseUntil: Date },
  { collection: "tokens", versionKey: false, autoIndex: false, autoCreate: false },
);

/**
 * Keeps the platform's tokens for all processes, sealed; a lease lets one process fetch a new one. Implements
 * the port of wechat/.
 */
export function createTokens(connection: Connection, vault: Vault, now: () => Date) {
  const model = connection.model("Token", schema);
  const owner = randomUUID();
  return {
    async get(kind: string) {
      const found = await model.findOne({ _id: kind }).lean<TokenDocument>();
      if (!found?.sealed) return null;
      const { sealed, expiresAt = 0, fetchedAt = 0 } = found;
      // A token that does not open is fetched anew.
      const value = openedOrNull(() => vault.openOwn(placeIn("tokens", kind, "value"), bytesOf(sealed)));
      return value === null ? null : { value, expiresAt, fetchedAt };
    },
    async save(kind: string, token: { value: string; expiresAt: number; fetchedAt: number }) {
      const { value, ...times } = token;
      const set = { ...times, sealed: vault.sealOwn(placeIn("tokens", kind, "value"), value) };
      await model.updateOne({ _id: kind }, { $set: set }, { upsert: true });
    },
    async lease(kind: string, ms: number) {
      await model.updateOne({ _id: kind }, { $setOnInsert: { leaseOwner: "" } }, { upsert: true }).catch(unlessThere);
      const free = { _id: kind, $or: [{ leaseOwner: { $in: ["", owner] } }, { leaseUntil: { $lt: now() } }] };
      const until = new Date(now().getTime() + ms);
      const result = await model.updateOne(free, { $set: { leaseOwner: owner, leaseUntil: until } });
      return result.matchedCount === 1;
    },
    async release(kind: string) {
      await model.updateOne({ _id: kind, leaseOwner: owner }, { $set: { leaseOwner: "" } });
    },
  };
}
