import type { Model } from "mongoose";
import type { Guests } from "./guests.ts";
import type { PersonDocument, SayWindow } from "./person-document.ts";
import type { Vault } from "./vault.ts";

/** The port of wechat/ for message windows; its times are milliseconds since 1970. */
export interface SayWindows {
  openWindow(openid: string, name: string, window: { left: number; until: number }): Promise<void>;
  takeFrom(openid: string, name: string, at: number): Promise<boolean>;
  windows(openid: string): Promise<Partial<Record<"message" | "brief", { left: number; until: number }>>>;
  closeWindows(openid: string): Promise<void>;
}

/** The message window that each act of a person opens: the platform's table, passed in by the context. */
export type Openings = Readonly<Record<string, { name: string; count: number; lastsMs: number }>>;

/** Returns the fields to set when a person did something that opens a window. */
export function openedBy(openings: Openings, by: string | undefined, at: Date): Record<string, SayWindow> {
  const opening = by === undefined ? undefined : openings[by];
  if (!opening) return {};
  const until = new Date(at.getTime() + opening.lastsMs);
  return { [`windows.${opening.name}`]: { left: opening.count, until } };
}

export interface SayWindowsOptions {
  model: Model<PersonDocument>;
  guests: Guests;
  vault: Vault;
  /** resolves when the person's acts are written, so that a window just opened counts */
  settled(personId: string): Promise<void> | undefined;
}

/** Windows of people, and of those who have not agreed to the privacy notice yet. */
export function sayWindows({ model, guests, vault, settled }: SayWindowsOptions): SayWindows {
  const idOf = async (openid: string): Promise<string> => {
    const id = vault.personId(openid);
    await settled(id);
    return id;
  };
  return {
    async openWindow(openid, name, { left, until }) {
      const earlier = { _id: await idOf(openid), [`windows.${name}.until`]: { $not: { $gt: new Date(until) } } };
      await model.updateOne(earlier, { $set: { [`windows.${name}`]: { left, until: new Date(until) } } });
    },
    async takeFrom(openid, name, at) {
      const open = {
        _id: await idOf(openid),
        [`windows.${name}.left`]: { $gt: 0 },
        [`windows.${name}.until`]: { $gt: new Date(at) },
      };
      const taken = await model.updateOne(open, { $inc: { [`windows.${name}.left`]: -1 } });
      return taken.matchedCount === 1 || guests.takeFrom(open._id, name, new Date(at));
    },
    async windows(openid) {
      const _id = await idOf(openid);
      const known = await model.findOne({ _id }, { windows: 1 }).lean<PersonDocument>();
      const found = known ?? (await guests.find(_id));
      const entries = Object.entries(found?.windows ?? {}).flatMap(([name, window]) =>
        window ? [[name, { left: window.left, until: window.until.getTime() }]] : [],
      );
      return Object.fromEntries(entries);
    },
    async closeWindows(openid) {
      const _id = await idOf(openid);
      await model.updateOne({ _id }, { $unset: { windows: 1 } });
      await guests.forget(_id);
    },
  };
}
