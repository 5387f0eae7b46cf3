import { setTimeout as sleep } from "node:timers/promises";
import type { mongo } from "mongoose";
import type { PersonDocument } from "./person-document.ts";
import { repeatable } from "./repeat.ts";
import { together } from "./together.ts";

interface Seen {
  id: string;
  by: string | undefined;
}

/** Rounded to the hour, so that its index is not written with each push. */
export const hourOf = (at: Date): Date => new Date(at.getTime() - (at.getTime() % 3_600_000));

const SEEN = { language: 1, choseLanguage: 1, cases: 1, unsaid: { $slice: 1 } } as const;

/** Pause to collect the acts of several pushes; shorter than any later message needs. */
const REST_MS = 30;

/**
 * Finds people for pushes: one operation for one person, one query for several; null for who is unknown. Acts
 * of known people are written behind in a batch; only a question about message windows waits for it
 * (`settled`).
 */
export function createSeenWriter(
  people: mongo.Collection<PersonDocument>,
  setBy: (by: string | undefined) => Partial<PersonDocument>,
) {
  const alone = ({ id, by }: Seen): Promise<PersonDocument | null> => {
    const options = { returnDocument: "after", projection: SEEN } as const;
    return repeatable(() => people.findOneAndUpdate({ _id: id }, { $set: setBy(by) }, options));
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
  const note = together<Seen, PersonDocument | null>({
    alone,
    async group(all) {
      const found = await people
        .find({ _id: { $in: all.map(({ id }) => id) } }, { projection: SEEN })
        .toArray()
        .catch(() => []);
      const known = new Map(found.map((document) => [document._id, document]));
      const one = async (seen: Seen): Promise<PersonDocument | null> => {
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
