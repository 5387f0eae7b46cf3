import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import type { SayWindow } from "./person-document.ts";
import { repeatable } from "./repeat.ts";

/**
 * People who have not agreed to the privacy notice: by the keyed hash of the openid, how many messages the
 * platform allows us to send them, and until when. Neither openid nor language is here, and nothing stays for
 * longer than the platform's 48 hours.
 */
export interface GuestDocument {
  _id: string;
  windows?: Partial<Record<string, SayWindow>>;
  expiresAt: Date;
}

const KEPT_MS = 48 * 3_600_000;

export interface Guests {
  /** Records the windows that an act opens: `{ "windows.NAME": … }`. */
  note(id: string, opened: Record<string, SayWindow>, at: Date): Promise<void>;
  find(id: string): Promise<GuestDocument | null>;
  /** Uses one message of a window; false when there is none. */
  takeFrom(id: string, name: string, at: Date): Promise<boolean>;
  forget(id: string): Promise<void>;
}

export async function createGuests(connection: Connection): Promise<Guests> {
  const guests = bare<GuestDocument>(connection, "guests");
  await guests.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return {
    async note(_id, opened, at) {
      if (Object.keys(opened).length === 0) return;
      const $set = { ...opened, expiresAt: new Date(at.getTime() + KEPT_MS) };
      const write = (upsert: boolean) => repeatable(() => guests.updateOne({ _id }, { $set }, { upsert }));
      await write(true).catch((error) => {
        // two messages at once: the other one has made it
        if (!isDuplicate(error)) throw error;
        return write(false);
      });
    },
    find: (_id) => guests.findOne({ _id }),
    async takeFrom(_id, name, at) {
      const open = { _id, [`windows.${name}.left`]: { $gt: 0 }, [`windows.${name}.until`]: { $gt: at } };
      return (await guests.updateOne(open, { $inc: { [`windows.${name}.left`]: -1 } })).matchedCount === 1;
    },
    async forget(_id) {
      await guests.deleteOne({ _id });
    },
  };
}
