import { setTimeout as sleep } from "node:timers/promises";
import type { mongo } from "mongoose";
import type { PersonDocument } from "./person-document.ts";
import { repeatable } from "./repeat.ts";
import { placeIn } from "./shapes.ts";
import { together } from "./together.ts";
import type { Vault } from "./vault.ts";

interface Seen {
  id: string;
  openid: string;
  by: string | undefined;
}

const SEEN = { language: 1, choseLanguage: 1, cases: 1, unsaid: { $slice: 1 } } as const;

/** Pause to collect the acts of several pushes; shorter than any later message needs. */
const REST_MS = 30;

/**
 * Finds or creates people for pushes: one operation for one person, one query for several known ones, unknown
 * ones singly. Acts of known people are written behind in a batch; only a question about message windows
 * waits for it (`settled`).
 */
export function createSeenWriter(
  people: mongo.Collection<PersonDocument>,
  vault: Vault,
  setBy: (by: string | undefined) => Partial<PersonDocument>,
) {
  const alone = async ({ id, openid, by }: Seen): Promise<PersonDocument> => {
    const $setOnInsert = {
      sealedOpenid: vault.sealOwn(placeIn("people", id, "openid"), openid),
      language: "zh" as const,
    };
    const options = { upsert: true, returnDocument: "after", projection: SEEN } as const;
    const update = { $set: setBy(by), $setOnInsert };
    return (await repeatable(() => people.findOneAndUpdate({ _id: id }, update, options))) as PersonDocument;
  };
  // One statement for all who did the same at this moment.
  const write = async (all: Seen[]): Promise<void> => {
    const acts = [...new Set(all.map(({ by }) => by))];
    const updates = acts.map((by) => {
      const filter = { _id: { $in: all.filter((one) => one.by === by).map(({ id }) => id) } };
      return { updateMany: { filter, update: { $set: setBy(by) } } };
    });
    // The driver does not retry this bulk after a fail-over; single updates it does.
    await people.bulkWrite(updates, { ordered: false }).catch(() => Promise.all(all.map(alone)));
  };
  const behind = together<Seen, void>({
    rest: () => sleep(REST_MS),
    alone: (one) => write([one]),
    async group(all) {
      await write(all);
      return all.map(() => undefined);
    },
  });
  const open = new Map<string, Promise<void>>();
  const writeBehind = (seen: Seen): void => {
    // On failure the window stays as it was: messages take another channel until the next act opens it.
    const written = behind(seen)
      .catch(() => {})
      .then(() => {
        if (open.get(seen.id) === written) open.delete(seen.id);
      });
    open.set(seen.id, written);
  };
  const note = together<Seen, PersonDocument>({
    alone,
    async group(all) {
      const found = await people
        .find({ _id: { $in: all.map(({ id }) => id) } })
        .toArray()
        .catch(() => []);
      const known = new Map(found.map((document) => [document._id, document]));
      const one = async (seen: Seen): Promise<PersonDocument> => {
        const document = known.get(seen.id);
        if (!document) return alone(seen);
        writeBehind(seen);
        return document;
      };
      return Promise.all(all.map((seen) => one(seen).catch((error: Error) => error)));
    },
  });
  return { note, settled: (id: string): Promise<void> | undefined => open.get(id) };
}
