import module from "node:module";

/** Compiled code is kept here between starts; a folder that cannot be written is no fault, the code is then compiled anew. */
const CACHE = new URL("../../node_modules/.cache/compiled", import.meta.url).pathname;

// Node.js 22.1 and later. Before anything is imported: what is loaded by then is not kept.
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
enableCompileCache?.(CACHE);
const { run } = await import("./program.ts");
await run();
