import { StartFault } from "../errors.ts";

/**
 * Loads the embedded database, which is needed only where no MONGODB_URI is given: the image can be built without it.
 * Throws a StartFault where lmdb is not installed.
 */
export async function loadEmbedded() {
  try {
    import.meta.resolve("lmdb");
  } catch (error) {
    throw new StartFault("The embedded database (lmdb) is not part of this installation: give MONGODB_URI.", error);
  }
  return import("./embedded.ts");
}
