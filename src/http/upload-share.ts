import type Koa from "koa";
import { Busy } from "../errors.ts";
import { findPerson } from "./session.ts";

/**
 * Bytes that all uploads of this process may hold in memory: two hundred phones at once must not exhaust it.
 */
export const UPLOADS_HELD_BYTES = 80 * 1024 * 1024;
/** Bytes that one person may hold: the five pictures of the plain form, each at its limit. */
export const PERSON_HELD_BYTES = 64 * 1024 * 1024;

/** Retry-After: shorter retries would slow the uploads in progress. */
const RETRY_AFTER_S = 5;

export interface UploadShare {
  /**
   * Throws Busy (503) without room for so many more bytes; reserves none, so that a false announcement
   * excludes nobody.
   */
  ask(bytes: number): void;
  /** takes room for received bytes, or throws Busy */
  add(bytes: number): void;
  release(): void;
}

let heldBytes = 0;
const heldBy = new Map<string, number>();

/** Opens the share of one request of this person. */
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
 * Releases the room when the work is done, not when the phone disconnects: its bytes are in memory until
 * then. A phone that announces more than there is room for is refused before anything is looked up, so that
 * refusals delay nobody.
 */
export function withUploadShare(): Koa.Middleware {
  return async (koa, next) => {
    const share = openShare(findPerson(koa)?.id ?? koa.ip);
    koa.state["uploadShare"] = share;
    const announced = koa.request.length ?? 0;
    // Pictures only: other forms take none of this room. A body that is too large is refused later, without
    // Retry-After.
    if (koa.is("multipart/form-data", "application/octet-stream") && announced <= PERSON_HELD_BYTES)
      share.ask(announced);
    try {
      await next();
    } finally {
      share.release();
    }
  };
}

/** Returns the share of this request; only behind withUploadShare. */
export const uploadShareOf = (koa: Koa.Context): UploadShare => koa.state["uploadShare"] as UploadShare;
