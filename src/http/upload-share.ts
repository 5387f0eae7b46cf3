import type Koa from "koa";
import { Busy } from "../errors.ts";
import { findPerson } from "./session.ts";

/** What all uploads of this process may hold in memory at one moment: two hundred phones at once must not end it. */
export const UPLOADS_HELD_BYTES = 80 * 1024 * 1024;
/** … and what one person may: the five pictures of the plain form, each as large as it may be. */
export const PERSON_HELD_BYTES = 64 * 1024 * 1024;

/** Whoever comes again sooner takes the time of those whose pictures are being worked on. */
const RETRY_AFTER_S = 5;

export interface UploadShare {
  /** Throws Busy (503) when there is no room for so many more bytes; takes none: who only announces much must not keep others out. */
  ask(bytes: number): void;
  /** takes room for bytes that are here, or throws Busy */
  add(bytes: number): void;
  release(): void;
}

let heldBytes = 0;
const heldBy = new Map<string, number>();

/** The part of the room that one request of this person takes. */
function openShare(person: string): UploadShare {
  let mine = 0;
  const change = (bytes: number) => {
    const his = (heldBy.get(person) ?? 0) + bytes;
    if (his > 0) heldBy.set(person, his);
    else heldBy.delete(person);
    heldBytes += bytes;
    mine += bytes;
  };
  const ask = (bytes: number) => {
    const his = heldBy.get(person) ?? 0;
    if (heldBytes + bytes > UPLOADS_HELD_BYTES || his + bytes > PERSON_HELD_BYTES) throw new Busy(RETRY_AFTER_S);
  };
  return {
    ask,
    add(bytes) {
      ask(bytes);
      change(bytes);
    },
    release: () => change(-mine),
  };
}

/**
 * Gives the room back when the work is done, not when the phone is gone: what it sent is in memory until then. Where the phone says how much is coming
 * and there is no room, it hears so before anything is looked up for it: a crowd that is sent away must not keep anybody else waiting.
 */
export function withUploadShare(): Koa.Middleware {
  return async (koa, next) => {
    const share = openShare(findPerson(koa)?.id ?? koa.ip);
    koa.state["uploadShare"] = share;
    const announced = koa.request.length ?? 0;
    // Pictures only: a form takes none of this room. What is too large hears so later, not to come again.
    if (koa.is("multipart/form-data", "application/octet-stream") && announced <= PERSON_HELD_BYTES)
      share.ask(announced);
    try {
      await next();
    } finally {
      share.release();
    }
  };
}

/** The share of this request; behind withUploadShare only. */
export const uploadShareOf = (koa: Koa.Context): UploadShare => koa.state["uploadShare"] as UploadShare;
