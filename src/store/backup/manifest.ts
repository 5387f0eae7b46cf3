import { createHash } from "node:crypto";
import Joi from "joi";
import { StartFault } from "../../errors.ts";
import { encode, type Frame } from "./frames.ts";

/** How a backup begins. */
export interface Head {
  format: "kuaichu backup 1";
  /** when the copy began; everything that was acknowledged before is in it */
  at: Date;
  /** version of the database's shape, and the lowest whose programs may work on it */
  schema: number;
  oldest: number;
  /** tells under which DATA_KEY it was written, and nothing about the key; null: the database was new */
  keyCheck: string | null;
}

/** What a collection holds: the number of its documents, and SHA-256 (hex) over their frames. */
export interface Counted {
  name: string;
  documents: number;
  sha256: string;
}

/** How a backup ends. */
export interface Manifest {
  collections: Counted[];
  /**
   * files with their bytes, and the sum of these; `faulty`: files that were damaged or gone when it was
   * made
   */
  files: { count: number; bytes: number; faulty: string[] };
}

export const documentsIn = ({ collections }: Pick<Manifest, "collections">): number =>
  collections.reduce((sum, { documents }) => sum + documents, 0);

const headSchema = Joi.object<Head>({
  format: Joi.valid("kuaichu backup 1").required(),
  at: Joi.date().iso().required(),
  schema: Joi.number().integer().min(0).required(),
  oldest: Joi.number().integer().min(0).required(),
  keyCheck: Joi.string().allow(null).required(),
});

const manifestSchema = Joi.object<Manifest>({
  collections: Joi.array()
    .items({ name: Joi.string().required(), documents: Joi.number().required(), sha256: Joi.string().required() })
    .required(),
  files: Joi.object({
    count: Joi.number().required(),
    bytes: Joi.number().required(),
    faulty: Joi.array().items(Joi.string()).required(),
  }).required(),
});

export const readHead = (content: Buffer): Head => read(headSchema, content);
export const readManifest = (content: Buffer): Manifest => read(manifestSchema, content);

function read<T>(schema: Joi.ObjectSchema<T>, content: Buffer): T {
  try {
    return Joi.attempt(JSON.parse(content.toString("utf8")), schema) as T;
  } catch (error) {
    throw new StartFault("This is no backup that this version of the program reads.", error);
  }
}

/** Counts and hashes the frames of one collection. */
export function createTally(name: string) {
  const hash = createHash("sha256");
  let documents = 0;
  return {
    add(frame: Frame, isDocument: boolean): void {
      hash.update(encode(frame));
      if (isDocument) documents++;
    },
    close: (): Counted => ({ name, documents, sha256: hash.digest("hex") }),
  };
}
