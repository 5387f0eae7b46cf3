import { runCommand } from "./commands/commands.ts";
import type { Engine } from "./commands/context.ts";
import { Cursors } from "./commands/cursors.ts";
import { Catalogue } from "./disk/catalogue.ts";
import { Documents } from "./disk/documents.ts";
import { Store } from "./disk/store.ts";
import type { Doc } from "./values/value.ts";

/** Opens the database in `dir`, without a socket. `clock` gives milliseconds since 1970. */
export function openEngine(dir: string, clock: () => number): Engine {
  const store = new Store(dir);
  const catalogue = new Catalogue(store);
  return { store, catalogue, documents: new Documents(store, catalogue), cursors: new Cursors(clock), clock };
}

export function answerWith(engine: Engine, report: (error: unknown) => void): (command: Doc) => Promise<Doc> {
  return (command) => runCommand(engine, command, report);
}
