import { pathToFileURL } from "node:url";
import { publishMenu } from "../actions/publish-menu.ts";
import { loadConfig } from "../config.ts";
import { type Context, createContext } from "../context.ts";
import { Conflict } from "../errors.ts";

/** `npm run menu`: puts the menu of config/menu.yaml on the account. */
async function main(): Promise<void> {
  const ctx = await openContext();
  try {
    await publishMenu(ctx);
    process.stdout.write(`${ctx.config.menu.button.map(({ name }) => name).join(" | ")}\n`);
  } finally {
    await ctx.close();
  }
}

/** While the server runs it owns the embedded database's folder, where the platform's tokens are: then its socket there is used. */
async function openContext(): Promise<Context> {
  const config = await loadConfig();
  try {
    return await createContext(config);
  } catch (error) {
    const uri = error instanceof Conflict ? error.details.uri : null;
    if (typeof uri !== "string") throw error;
    return createContext(config, { databaseUri: uri });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
