import type { Connection } from "mongoose";
import { bare } from "../bulk.ts";
import { bytesOf } from "../sealing.ts";
import { openedOrNull } from "../vault.ts";
import { eachOf, type Tools } from "./migration.ts";

interface PersonRow {
  _id: string;
  sealedOpenid?: unknown;
  sealedDetails?: unknown;
  unsaid?: unknown[];
  cases?: unknown[];
}

interface MessageRow {
  _id: string;
  sealedReply?: unknown;
  kept?: { sealed: unknown };
}

/**
 * Seals anew what is kept of people, and gives each a list of cases. What does not open stays as it is, and
 * goes on not opening.
 */
export async function sealPeopleAnew(connection: Connection, tools: Tools): Promise<{ people: number }> {
  const collection = bare<PersonRow>(connection, "people");
  let people = 0;
  for await (const { _id, sealedOpenid, sealedDetails, unsaid, cases } of eachOf(collection, tools)) {
    const anew = (sealed: unknown, from: string, to: string) =>
      ownAnew(tools, sealed, { from: `${from}/${_id}`, to: `people@1/${_id}/${to}` });
    const set = {
      ...(sealedOpenid != null && { sealedOpenid: anew(sealedOpenid, "person", "openid") }),
      ...(sealedDetails != null && { sealedDetails: anew(sealedDetails, "details", "details") }),
      ...(!cases && { cases: [] }),
      ...(unsaid && { unsaid: unsaid.map((text) => anew(text, "unsaid", "unsaid")) }),
    };
    if (Object.keys(set).length === 0) continue;
    await collection.updateOne({ _id }, { $set: set });
    people++;
  }
  return { people };
}

/** Seals anew the answers of pushes, and the messages that were acknowledged and are not done yet. */
export async function sealMessagesAnew(connection: Connection, tools: Tools): Promise<{ messages: number }> {
  const collection = bare<MessageRow>(connection, "inbox");
  let messages = 0;
  for await (const { _id, sealedReply, kept } of eachOf(collection, tools)) {
    const anew = (sealed: unknown, from: string) =>
      ownAnew(tools, sealed, { from: `${from}/${_id}`, to: `inbox@1/${_id}/${from}` });
    const set = {
      ...(sealedReply != null && { sealedReply: anew(sealedReply, "reply") }),
      ...(kept && { "kept.sealed": anew(kept.sealed, "message") }),
    };
    if (Object.keys(set).length === 0) continue;
    await collection.updateOne({ _id }, { $set: set });
    messages++;
  }
  return { messages };
}

/** A value under DATA_KEY itself in its new form, in which it may be already. */
function ownAnew({ vault, legacy }: Tools, sealed: unknown, { from, to }: { from: string; to: string }): unknown {
  const bytes = bytesOf(sealed);
  if (openedOrNull(() => vault.openOwn(to, bytes)) !== null) return sealed;
  const plain = openedOrNull(() => legacy.openOwn(from, bytes));
  return plain === null ? sealed : vault.sealOwn(to, plain);
}
