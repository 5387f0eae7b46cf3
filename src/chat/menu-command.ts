import { pathToFileURL } from "node:url";
import { publishMenu } from "../actions/publish-menu.ts";
import type { Context } from "../context.ts";
import { runCommand } from "../operator-program.ts";

/** `npm run menu`: puts the menu of config/menu.yaml on the account. Returns the exit code. */
async function menuCommand(ctx: Context): Promise<number> {
  await publishMenu(ctx);
  process.stdout.write(`${ctx.config.menu.button.map(({ name }) => name).join(" | ")}\n`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await runCommand(menuCommand);
