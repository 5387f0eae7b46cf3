import { errorOf } from "../errors.ts";
import { openReader } from "./engine.ts";
import { verify } from "./verify.ts";

// Checks the database in the given folder, in a process of its own because a damaged file may crash it. Exit
// code 0: whole; else the fault is printed.
const [dir] = process.argv.slice(2);

function faultIn(folder: string): string | undefined {
  try {
    const [fault, ...more] = verify(openReader(folder));
    return fault && more.length > 0 ? `${fault}, and ${more.length} more` : fault;
  } catch (error) {
    return errorOf(error).message;
  }
}

const fault = faultIn(dir as string);
if (fault !== undefined) process.stdout.write(`${fault}\n`);
// exit at once: closing LMDB may crash on a damaged file
process.exit(fault === undefined ? 0 : 1);
