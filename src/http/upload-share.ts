import type Koa from "koa";
import { Busy } from "../errors.ts";
import { findPerson } from "./session.ts";

/** Bytes of one piece: small enough to repeat after a break; a phone's picture has about a dozen. */
export const PIECE_BYTES = 256 * 1024;

/**
 * Bytes that all uploads of this process may hold in memory: two hundred phones at once must not exhaust it.
 */
export const UPLOADS_HELD_BYTES = 80 * 1024 * 1024;
/**
 * The last of that room is for those who hold little, a piece or a picture as a phone sends it in one
 * request: a few people with large bodies never keep them out.
 */
export const SMALL_HELD_BYTES = 2 * PIECE_BYTES;
const KEPT_FOR_SMALL_BYTES = 16 * 1024 * 1024;
/** Bytes that one person may hold: two pictures, each at its limit. */
export const PERSON_HELD_BYTES = 24 * 1024 * 1024;
/**
 * … and in the plain form, which sends its five pictures at once: only while the half of the room is free, so
 * that two people can never fill it.
 */
export const FORM_HELD_BYTES = 64 * 1024 * 1024;

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

function requireRoom(person: string, bytes: number, isForm: boolean): void {
  const theirs = (heldBy.get(person) ?? 0) + bytes;
  const all = heldBytes + bytes;
  const isSmall = theirs <= SMALL_HELD_BYTES && all <= UPLOADS_HELD_BYTES;
  const isModest = theirs <= PERSON_HELD_BYTES && all <= UPLOADS_HELD_BYTES - KEPT_FOR_SMALL_BYTES;
  const isSpare = isForm && theirs <= FORM_HELD_BYTES && all <= UPLOADS_HELD_BYTES / 2;
  if (!isSmall && !isModest && !isSpare) throw new Busy(RETRY_AFTER_S);
}

/** Opens the share of one request of this person. */
function openShare(person: string, isForm: boolean): UploadShare {
  let mine = 0;
  const change = (bytes: number) => {
    const theirs = (heldBy.get(person) ?? 0) + bytes;
    if (theirs > 0) heldBy.set(person, theirs);
    else heldBy.delete(person);
    heldBytes += bytes;
    mine += bytes;
  };
  const ask = (bytes: number) => requireRoom(person, bytes, isForm);
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
    const isForm = Boolean(koa.is("multipart/form-data"));
    const share = openShare(findPerson(koa)?.id ?? koa.ip, isForm);
    koa.state["uploadShare"] = share;
    const announced = koa.request.length ?? 0;
    // Pictures only: other forms take none of this room. A body that is too large is refused later, without
    // Retry-After.
    const most = isForm ? FORM_HELD_BYTES : PERSON_HELD_BYTES;
    if ((isForm || koa.is("application/octet-stream")) && announced <= most) share.ask(announced);
    try {
      await next();
    } finally {
      share.release();
    }
  };
}

/** Returns the share of this request; only behind withUploadShare. */
export const uploadShareOf = (koa: Koa.Context): UploadShare => koa.state["uploadShare"] as UploadShare;
