import module from "node:module";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url));

/**
 * Keeps compiled code between starts (Node.js 22.1 and later; no effect before). Call it before the modules
 * in question are imported. A folder that cannot be written is no error: the code is then compiled at each
 * start.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(FOLDER);
}
