import { type Connection, Schema } from "mongoose";
import { bytesOf } from "./accident-document.ts";
import { isDuplicate } from "./duplicate.ts";

export interface AssetFile {
  /** below the release's address, such as "h5/lights.svg" */
  path: string;
  bytes: Buffer;
}

/** The files that the pages of one version of the program load. */
export interface Release {
  /** stands in the files' addresses */
  hash: string;
  files: AssetFile[];
}

interface ReleaseDocument {
  /** the hash */
  _id: string;
  files: AssetFile[];
  /** when a process with other files started; absent while none has */
  replacedAt?: Date;
}

const schema = new Schema<ReleaseDocument>(
  { _id: String, files: [{ path: String, bytes: Schema.Types.Buffer, _id: false }], replacedAt: Date },
  { collection: "releases", versionKey: false, autoIndex: false, autoCreate: false },
);

/** Another process of the same release has stored it at the same moment. */
function unlessThere(error: unknown): void {
  if (!isDuplicate(error)) throw error;
}

/** A page may be older than the process that answers it, but hardly by more than this. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/** Releases in the database: each process can serve what the pages of any other ask for, during and after a change of the version. */
export interface Releases {
  /** Stores this release, unless it is there, and removes those that were replaced a week ago. Before the doors open. */
  keep(release: Release): Promise<void>;
  find(hash: string): Promise<Release | null>;
}

export function createReleases(connection: Connection, now: () => Date): Releases {
  const model = connection.model("Release", schema);
  return {
    async keep({ hash, files }) {
      const stored = await model.updateOne({ _id: hash }, { $unset: { replacedAt: 1 } });
      if (stored.matchedCount === 0) await model.create({ _id: hash, files }).catch(unlessThere);
      const isOther = { _id: { $ne: hash } };
      await model.updateMany({ ...isOther, replacedAt: { $exists: false } }, { $set: { replacedAt: now() } });
      await model.deleteMany({ ...isOther, replacedAt: { $lt: new Date(now().getTime() - KEPT_MS) } });
    },
    async find(hash) {
      const found = await model.findById(hash).lean<ReleaseDocument>();
      return found && { hash, files: found.files.map(({ path, bytes }) => ({ path, bytes: bytesOf(bytes) })) };
    },
  };
}
