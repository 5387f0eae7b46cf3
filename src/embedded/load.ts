import { StartFault } from "../errors.ts";

/**
 * Loads the embedded database. It is needed only without MONGODB_URI, so that an image can be built without
 * it. Throws a StartFault where lmdb is not installed.
 */
export async function loadEmbedded() {
  try {
    import.meta.resolve("lmdb");
  } catch (error) {
    throw new StartFault("The embedded database (lmdb) is not part of this installation: give MONGODB_URI.", error);
  }
  return import("./embedded.ts");
}
