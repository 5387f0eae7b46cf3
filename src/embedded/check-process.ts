import { openReader } from "./engine.ts";
import { verify } from "./verify.ts";

// A process that looks through the database in the folder it is given, and may crash on it. Ends with 0 when all is well; else it says what is not.
const [dir] = process.argv.slice(2);

function faultIn(folder: string): string | undefined {
  try {
    const [fault, ...more] = verify(openReader(folder));
    return fault && more.length > 0 ? `${fault}, and ${more.length} more` : fault;
  } catch (error) {
    return (error as Error).message;
  }
}

const fault = faultIn(dir as string);
if (fault !== undefined) process.stdout.write(`${fault}\n`);
// at once: what LMDB does at its end may fail where pages do not fit together
process.exit(fault === undefined ? 0 : 1);
