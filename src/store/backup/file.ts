import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { errorOf, StartFault } from "../../errors.ts";
import { type Frame, framesOf } from "./frames.ts";

const PARTIAL = ".partial";
/** for the owner alone */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The age file format (https://age-encryption.org/v1), which the program `age` reads, too. */
const AGE_LINE = "age-encryption.org/v1";

/**
 * Writes a backup's bytes into a new file, encrypted to `toKey` (age1…) where one is given. The file gets
 * its name only when it is whole and on the disk. Returns its size in bytes. Throws a StartFault.
 */
export async function writeFile(file: string, bytes: AsyncIterable<Buffer>, toKey: string | null): Promise<number> {
  if (await stat(file).catch(() => null)) throw new StartFault(`${file} is there already: name another file.`);
  await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE }).catch(refuse(file));
  const partial = `${file}${PARTIAL}`;
  try {
    const source = Readable.from(bytes, { objectMode: false });
    const sealed = toKey === null ? source : await encrypted(source, toKey);
    await pipeline(sealed, createWriteStream(partial, { mode: FILE_MODE })).catch(refuse(file));
    await flush(partial);
    await rename(partial, file);
    await flush(dirname(file));
    return (await stat(file)).size;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Puts an error of the disk into one sentence; others stay. */
const refuse =
  (file: string) =>
  (error: unknown): never => {
    if (!("syscall" in errorOf(error))) throw error;
    throw new StartFault(`${file} cannot be written: ${errorOf(error).message}.`, error);
  };

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Loads the package only where something is encrypted. */
async function encrypted(source: Readable, toKey: string): Promise<Readable> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  encrypter.addRecipient(toKey);
  return Readable.fromWeb((await encrypter.encrypt(webOf(source))) as unknown as ReadableStream);
}

const webOf = (source: Readable) => Readable.toWeb(source) as unknown as globalThis.ReadableStream<Uint8Array>;

/** Throws a StartFault where this is no public key of age. */
export async function checkKey(toKey: string): Promise<void> {
  const { Encrypter } = await import("age-encryption");
  try {
    new Encrypter().addRecipient(toKey);
  } catch (error) {
    throw new StartFault("--to-key: must be a public key of age (age1…); make one with restore new-key.", error);
  }
}

/** Makes a pair of keys: the private one (AGE-SECRET-KEY-1…) opens what is encrypted to the public one. */
export async function newKeyPair(): Promise<{ publicKey: string; privateKey: string }> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const privateKey = await generateX25519Identity();
  return { privateKey, publicKey: await identityToRecipient(privateKey) };
}

/**
 * Reads a backup's frames. `privateKeys` are needed for an encrypted one. Throws a StartFault for a file
 * that is not there, or does not open.
 */
export async function* readFrames(file: string, privateKeys: readonly string[]): AsyncGenerator<Frame> {
  const isSealed = await isEncrypted(file);
  if (isSealed && privateKeys.length === 0)
    throw new StartFault(`${file} is encrypted: name the file with the private key (--key FILE).`);
  const source = createReadStream(file);
  yield* framesOf(isSealed ? await decrypted(source, { file, privateKeys }) : source);
}

async function isEncrypted(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "r");
    try {
      const { buffer } = await handle.read(Buffer.alloc(AGE_LINE.length), 0, AGE_LINE.length, 0);
      return buffer.toString("latin1") === AGE_LINE;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new StartFault(`${file} cannot be read: ${errorOf(error).message}.`, error);
  }
}

async function* decrypted(
  source: Readable,
  { file, privateKeys }: { file: string; privateKeys: readonly string[] },
): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  try {
    for (const key of privateKeys) decrypter.addIdentity(key);
    const opened = await decrypter.decrypt(webOf(source));
    yield* Readable.fromWeb(opened as unknown as ReadableStream) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof StartFault) throw error;
    throw new StartFault(`${file} does not open: it is encrypted to another key, or damaged.`, error);
  } finally {
    source.destroy();
  }
}
