import { keepCompiledCode } from "./compile-cache.ts";

// Loads what a start loads, and ends, so that the image is built with its compiled code.
keepCompiledCode();
await import("./program.ts");
const { loadWechaty } = await import("./wechat/puppet/create-bot.ts");
await loadWechaty();
