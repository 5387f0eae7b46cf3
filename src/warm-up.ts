import { keepCompiledCode } from "./compile-cache.ts";

// Loads what a start loads, and ends: the image is built with the compiled code of it.
keepCompiledCode();
await import("./program.ts");
const { loadWechaty } = await import("./wechat/puppet/create-bot.ts");
await loadWechaty();
