import { keepCompiledCode } from "./compile-cache.ts";

keepCompiledCode();
const { run } = await import("./program.ts");
await run();
