import { StartFault } from "../../errors.ts";
import { FILES, KEPT } from "./collections.ts";
import { BYTES, COLLECTION, DOCUMENT, END, type Frame, HEAD } from "./frames.ts";
import { type Counted, createTally, type Head, type Manifest, readHead, readManifest } from "./manifest.ts";

/** Hears what is in a backup, in its order. */
export interface Visitor {
  head?(head: Head): Promise<void>;
  document?(name: string, content: Buffer): Promise<void>;
  /** `bytes` null: they were gone when the backup was made */
  file?(content: Buffer, bytes: Buffer | null): Promise<void>;
}

export interface Walked {
  head: Head;
  manifest: Manifest;
}

const damaged = (what: string) => new StartFault(`The backup is damaged: ${what}.`);

/**
 * Reads a backup to its end and compares all counts and hashes with those that it ends with. Throws a
 * StartFault for a backup that is cut off, damaged or of another kind.
 */
export async function walk(frames: AsyncIterable<Frame>, visitor: Visitor = {}): Promise<Walked> {
  const counted: Counted[] = [];
  let head: Head | null = null;
  let manifest: Manifest | null = null;
  let tally: ReturnType<typeof createTally> | null = null;
  let name = "";
  let entry: Buffer | null = null;
  const endEntry = async (bytes: Buffer | null) => {
    const content = entry;
    entry = null;
    if (content) await visitor.file?.(content, bytes);
  };
  for await (const { type, content } of frames) {
    if (manifest) throw damaged("something follows its end");
    if (!head && type !== HEAD) throw damaged("it has no beginning");
    if (type !== BYTES) await endEntry(null);
    if ((type === COLLECTION || type === END) && tally) counted.push(tally.close());
    if (type === HEAD) {
      head = readHead(content);
      await visitor.head?.(head);
    } else if (type === COLLECTION) {
      name = content.toString("utf8");
      if (!(KEPT as readonly string[]).includes(name)) throw damaged(`it has an unknown part, ${JSON.stringify(name)}`);
      tally = createTally(name);
    } else if (type === END) manifest = readManifest(content);
    else {
      tally?.add({ type, content }, type === DOCUMENT);
      if (type === BYTES) await endEntry(content);
      else if (name === FILES) entry = content;
      else await visitor.document?.(name, content);
    }
  }
  if (!head || !manifest) throw new StartFault("The backup is cut off: its end is missing.");
  compare(counted, manifest.collections);
  return { head, manifest };
}

function compare(found: readonly Counted[], told: readonly Counted[]): void {
  const missing = KEPT.find((name) => !told.some((one) => one.name === name));
  if (missing) throw damaged(`${missing} is not in it`);
  for (const [at, one] of told.entries())
    if (JSON.stringify(one) !== JSON.stringify(found[at]))
      throw damaged(`${one.name} has other documents than it ends with`);
}
