import { type Connection, Schema } from "mongoose";
import { unlessThere } from "./duplicate.ts";
import { bytesOf } from "./sealing.ts";

export interface AssetFile {
  /** below the release's address, such as "h5/lights.svg" */
  path: string;
  bytes: Buffer;
}

/** The files that the pages of one version of the program load. */
export interface Release {
  /** part of the files' addresses */
  hash: string;
  files: AssetFile[];
}

interface ReleaseDocument {
  /** the hash */
  _id: string;
  files: AssetFile[];
  /** when a process of another release started; absent until then */
  replacedAt?: Date;
}

const schema = new Schema<ReleaseDocument>(
  { _id: String, files: [{ path: String, bytes: Schema.Types.Buffer, _id: false }], replacedAt: Date },
  { collection: "releases", versionKey: false, autoIndex: false, autoCreate: false },
);

/** An open page is hardly older than a week. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/**
 * Keeps releases in the database, so that each process serves the files of the pages of any other during an
 * update.
 */
export interface Releases {
  /**
   * Stores this release unless it is there, and removes those replaced a week ago. Call it before serving.
   */
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
