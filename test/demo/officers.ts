import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DeskClient } from "../support/desk-client.ts";
import type { Stage } from "./stage.ts";

const COMMAND = fileURLToPath(new URL("../../src/police/officers-command.js", import.meta.url));
const LINK = /https?:\/\/[^\s<]+\/police\/accounts\/set-up\/[\w-]+/;

/** Throws unless the desk leads on, which is its answer to what it has taken. */
export async function expectLeadsOn(answer: Response): Promise<void> {
  if (answer.status !== 303) assert.fail(`${answer.status} from ${answer.url}\n${visibleFault(await answer.text())}`);
}

const visibleFault = (html: string): string =>
  [...html.matchAll(/class="desk-(?:alert|error|note)"[^>]*>([^<]+)/g)].map(([, text]) => text).join("\n");

/**
 * A keeper is invited on the machine itself, invites an officer at the desk, and that officer signs in: each
 * with a password and a second factor.
 */
export async function newOfficerAtDesk({ appUrl, step }: Stage, env: Record<string, string>): Promise<DeskClient> {
  const place = { url: appUrl, clock: { now: () => new Date() } };
  const [keeper, officer] = [new DeskClient(place, "900000"), new DeskClient(place, "031256")];
  const first = await step("a keeper is invited on the machine (npm run officers -- invite)", async () => {
    const args = ["--enable-source-maps", COMMAND, "invite", keeper.number, "陈静", "keeper"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    return linkIn(stdout);
  });
  await step("the keeper sets password and second factor, and signs in", () => enter(keeper, first));
  const second = await step("the keeper invites an officer at the desk", async () => {
    const fields = { number: officer.number, name: "王芳", role: "officer", district: "" };
    return linkIn(await (await keeper.submit("/police/accounts", fields)).text());
  });
  await step("the officer does the same", () => enter(officer, second));
  return officer;
}

/** A code is good once: the present one sets the account up, the next, which is taken already, signs in. */
async function enter(who: DeskClient, link: string): Promise<void> {
  await expectLeadsOn(await who.setUp(link));
  await expectLeadsOn(await who.signIn({ code: who.code(1) }));
}

function linkIn(text: string): string {
  const [link] = LINK.exec(text) ?? [];
  assert.ok(link, `no invitation in: ${text.slice(0, 600)}`);
  return link;
}
