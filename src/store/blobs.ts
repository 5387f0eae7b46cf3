import { createHash } from "node:crypto";
import type { Connection } from "mongoose";
import type { Config } from "../config.ts";
import { Busy, NotFound, Upstream } from "../errors.ts";
import { CHUNK_BYTES, createGridfs } from "./blob-gridfs.ts";
import { type Keeper, type KeeperName, newUploadId, type SealedUpload } from "./blob-keeper.ts";
import type { BlobOwner } from "./blob-owner.ts";
import { type BlobKind, createRegister, type Entry, type Finished, type Register } from "./blob-register.ts";
import { createBucket } from "./bucket.ts";
import type { RoomWatch } from "./room-watch.ts";
import { createScrub, type Scrub } from "./scrub.ts";
import { placeIn } from "./shapes.ts";
import type { Vault } from "./vault.ts";

export type { BlobKind } from "./blob-register.ts";

export interface NewBlob {
  bytes: Buffer;
  kind: BlobKind;
}

/** A name for each, in their order. */
type NamesOf<B extends readonly NewBlob[]> = { [At in keyof B]: string };

/**
 * Stores photographs, signatures and documents under the SHA-256 of the bytes as received, sealed under the
 * accident's key, in GridFS or in a bucket.
 */
export interface Blobs {
  /** The name under which bytes are kept: their SHA-256, hex. */
  nameOf(bytes: Uint8Array): string;
  /**
   * Idempotent: the same bytes of the same accident are kept once. Returns the SHA-256 (hex) of the plain
   * bytes. Throws Busy "storage-full", Upstream "bucket-…".
   */
  save(owner: BlobOwner, bytes: Buffer, kind: BlobKind): Promise<string>;
  /**
   * Stores several at once (a picture, its copy and thumbnail), all or none. Returns and throws as `save`.
   */
  saveAll<B extends readonly NewBlob[]>(owner: BlobOwner, blobs: readonly [...B]): Promise<NamesOf<B>>;
  /**
   * Returns the bytes exactly as they were saved, from whichever keeper has them. Throws NotFound for a file
   * that this accident has not.
   */
  read(owner: BlobOwner, sha256: string): Promise<Buffer>;
  /** Lists all files of an accident that are kept. */
  list(accidentId: string): Promise<Entry[]>;
  /** Removes all files of an accident. */
  removeAll(accidentId: string): Promise<void>;
  /** Lists the photographs and signatures of an accident that were stored before, with their copies. */
  listPersonal(accidentId: string, before: Date): Promise<StoredFile[]>;
  /**
   * Gives files up that nothing needs, except one that was saved again since `before`. The sweep removes
   * them.
   */
  giveUp(files: readonly StoredFile[], before: Date): Promise<void>;
  /**
   * Removes the remains of uploads that were interrupted more than half an hour ago, and what was given up.
   * Returns how many.
   */
  sweep(): Promise<number>;
  scrub: Scrub;
  /**
   * For a migration: seals anew the accident's files that were sealed before schema version 1. `open` opens
   * one of them. Returns how many were sealed anew, and how many do not open and stay as they are.
   */
  sealAnew(owner: BlobOwner, open: (sha256: string, sealed: Uint8Array) => Buffer): Promise<SealedAnew>;
  close(): void;
}

export type StoredFile = Pick<Entry, "id" | "accidentId" | "sha256">;

export interface SealedAnew {
  done: number;
  unreadable: number;
}

export type BlobSettings = Pick<Config, "storage" | "bucket" | "scrub">;

/** Throws Upstream "bucket-…" when new files are to go into a bucket that does not take them. */
export async function createBlobs(
  connection: Connection,
  { vault, now, settings, room }: { vault: Vault; now: () => Date; settings: BlobSettings; room?: RoomWatch },
): Promise<Blobs> {
  const register = await createRegister(connection, { chunkSize: CHUNK_BYTES, now });
  const { keepers, close } = await openKeepers(connection, settings);
  const store: Store = {
    register,
    vault,
    keeper: settings.storage,
    keepers,
    room,
    dueAfterMs: settings.scrub.everyDays * 86_400_000,
    now,
  };
  return {
    nameOf: sha256Of,
    save: async (owner, bytes, kind) => (await saveAll(store, owner, [{ bytes, kind }]))[0],
    saveAll: (owner, blobs) => saveAll(store, owner, blobs),
    read: (owner, sha256) => read(store, owner, sha256),
    list: (accidentId) => register.list(accidentId),
    removeAll: async (accidentId) => remove(store, await register.list(accidentId)),
    listPersonal: (accidentId, before) => register.listPersonal(accidentId, before),
    giveUp: (files, before) => register.giveUp(files, before),
    sweep: () => sweep(store),
    sealAnew: (owner, open) => sealAnew(store, owner, open),
    scrub: createScrub({ ...store, check: (owner, entry) => check(store, owner, entry) }),
    close,
  };
}

/** Opens both places where sealed bytes may lie. Throws Upstream "bucket-…" as `createBlobs` does. */
export async function openKeepers(
  connection: Connection,
  { storage, bucket: settings }: Pick<BlobSettings, "storage" | "bucket">,
): Promise<{ keepers: Record<KeeperName, Keeper>; close(): void }> {
  const bucket = settings && (await createBucket(settings));
  if (storage === "s3") await bucket?.check();
  const gridfs = await createGridfs(connection);
  return { keepers: { gridfs, s3: bucket ?? noBucket }, close: () => bucket?.close() };
}

interface Store {
  register: Register;
  vault: Vault;
  /** where new files go */
  keeper: KeeperName;
  keepers: Record<KeeperName, Keeper>;
  dueAfterMs: number;
  room: RoomWatch | undefined;
  now: () => Date;
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function saveAll<B extends readonly NewBlob[]>(
  store: Store,
  owner: BlobOwner,
  blobs: readonly [...B],
): Promise<NamesOf<B>> {
  const named = blobs.map((blob) => ({ ...blob, sha256: sha256Of(blob.bytes) }));
  const names = named.map(({ sha256 }) => sha256);
  await store.register.renew(await store.register.find(owner.id, names));
  const known = await store.register.find(owner.id, names);
  // Damaged files are stored again.
  const kept = new Set(known.filter(({ state }) => state === "whole").map(({ sha256 }) => sha256));
  const fresh = named.filter(({ sha256 }) => !kept.has(sha256) && kept.add(sha256));
  if (fresh.length > 0) await write(store, owner, fresh);
  return named.map(({ sha256 }) => sha256) as NamesOf<B>;
}

type Upload = Finished & SealedUpload;

/**
 * Registers, writes, then names: after a crash at any point no half file is found, and the sweep removes the
 * remains.
 */
async function write(store: Store, owner: BlobOwner, blobs: (NewBlob & { sha256: string })[]): Promise<void> {
  const { register, vault, keeper, keepers } = store;
  const uploads: Upload[] = blobs.map(({ bytes, sha256, kind }) => {
    const pieces = vault.sealInPieces(owner.key, placeIn("blobs", owner.id, sha256), bytes, CHUNK_BYTES);
    return {
      id: newUploadId(),
      accidentId: owner.id,
      sha256,
      kind,
      pieces,
      get sealed() {
        return Buffer.concat(pieces);
      },
      bytes: bytes.length,
      length: pieces.reduce((sum, piece) => sum + piece.length, 0),
    };
  });
  await register.begin(uploads, keeper, new Date(store.now().getTime() + store.dueAfterMs));
  // The entries stay for the sweep, because a write that failed here may still arrive there. The first error
  // is thrown.
  const takeAway = async (error: unknown): Promise<never> => {
    await keepers[keeper].remove(uploads).catch(() => {});
    if (error instanceof Busy && error.code === "storage-full") store.room?.refused();
    throw error;
  };
  await keepers[keeper].save(uploads).catch(takeAway);
  // Without an answer the names may have been written: then the bytes must stay.
  if (!(await register.finish(uploads))) await takeAway(new Upstream("storage-late"));
}

async function discard({ register, keepers }: Store, keeper: KeeperName, uploads: Pick<Upload, "id" | "accidentId">[]) {
  await keepers[keeper].remove(uploads);
  await register.forget(uploads);
}

/**
 * Several entries may have one name (two uploads at once, a damaged file stored again); any whole one will
 * do.
 */
async function read(store: Store, owner: BlobOwner, sha256: string): Promise<Buffer> {
  const entries = await store.register.find(owner.id, [sha256]);
  if (entries.length === 0) throw new NotFound();
  let fault: unknown;
  for (const entry of entries) {
    try {
      const bytes = await readOne(store, owner, entry);
      if (bytes) return bytes;
      fault ??= new Error(`blob ${sha256} is not where it was kept`);
    } catch (error) {
      fault ??= error;
    }
  }
  throw fault;
}

class Damaged extends Error {}

async function readOne({ vault, keepers }: Store, { id, key }: BlobOwner, entry: Entry): Promise<Buffer | null> {
  const { sha256, keeper } = entry;
  const sealed = await keepers[keeper].read(entry);
  if (!sealed) return null;
  const bytes = opened(() => vault.open(key, placeIn("blobs", id, sha256), sealed));
  if (!bytes || sha256Of(bytes) !== sha256) throw new Damaged(`blob ${sha256} does not match its name`);
  return bytes;
}

/**
 * The new file is there before the old one goes, so that a crash in between leaves two that are read alike.
 */
async function sealAnew(
  store: Store,
  owner: BlobOwner,
  open: (sha256: string, sealed: Uint8Array) => Buffer,
): Promise<SealedAnew> {
  const counts = { done: 0, unreadable: 0 };
  for (const entry of await store.register.listOlder(owner.id)) {
    const { sha256, kind, keeper } = entry;
    const sealed = await store.keepers[keeper].read(entry);
    const bytes = sealed && opened(() => open(sha256, sealed));
    if (!bytes || sha256Of(bytes) !== sha256) counts.unreadable++;
    else {
      await write({ ...store, keeper }, owner, [{ bytes, kind, sha256 }]);
      await remove(store, [entry]);
      counts.done++;
    }
  }
  return counts;
}

/** Returns null where the bytes do not open. */
function opened(open: () => Buffer): Buffer | null {
  try {
    return open();
  } catch {
    return null;
  }
}

async function check(store: Store, owner: BlobOwner, entry: Entry) {
  try {
    return (await readOne(store, owner, entry)) ? "whole" : "missing";
  } catch (error) {
    if (error instanceof Damaged) return "damaged";
    throw error;
  }
}

const ABANDONED_MS = 1_800_000;
const SWEEP_LIMIT = 200;

async function sweep(store: Store): Promise<number> {
  const before = new Date(store.now().getTime() - ABANDONED_MS);
  const abandoned = await store.register.claimAbandoned(before, SWEEP_LIMIT);
  await remove(store, abandoned);
  return abandoned.length;
}

/** Removes the bytes before the entries, so that a crash in between leaves nothing unregistered. */
async function remove(store: Store, entries: Pick<Entry, "id" | "accidentId" | "keeper">[]): Promise<void> {
  for (const keeper of ["gridfs", "s3"] as const) {
    const its = entries.filter((entry) => entry.keeper === keeper);
    if (its.length > 0) await discard(store, keeper, its);
  }
}

/** Stands in for a bucket that the settings no longer name. */
const refuse = async (): Promise<never> => {
  throw new Upstream("bucket-not-configured");
};
const noBucket: Keeper = { save: refuse, read: refuse, remove: refuse, isEmpty: refuse };
