import { runCommand } from "./commands/commands.ts";
import type { Engine } from "./commands/context.ts";
import { Cursors } from "./commands/cursors.ts";
import { Catalogue } from "./disk/catalogue.ts";
import { type Disk, diskAt } from "./disk/disk.ts";
import { Documents } from "./disk/documents.ts";
import { Store } from "./disk/store.ts";
import type { Doc } from "./values/value.ts";

/**
 * Opens the database in the existing folder `dir`, without a socket. `clock`: milliseconds since 1970.
 * `disk`: replaces the folder's own, for tests.
 */
export function openEngine(dir: string, clock: () => number, disk: Disk = diskAt(dir)): Engine {
  return engineOf(new Store(disk), clock);
}

/** Opens the database for reading only, in a process that is not the owner of the folder. */
export const openReader = (dir: string): Engine => engineOf(new Store(diskAt(dir), { readOnly: true }), Date.now);

function engineOf(store: Store, clock: () => number): Engine {
  const catalogue = new Catalogue(store);
  return { store, catalogue, documents: new Documents(store, catalogue), cursors: new Cursors(clock), clock };
}

export function answerWith(engine: Engine, report: (error: unknown) => void): (command: Doc) => Promise<Doc> {
  return (command) => runCommand(engine, command, report);
}
