import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { accessLogCommand } from "../../src/police/access-log-command.ts";
import { officersCommand } from "../../src/police/officers-command.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function run(...words: string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const code = await officersCommand(app.ctx, words, (text) => {
    said += text;
  });
  return { code, said };
}

describe("the officers' command", () => {
  it("invites the first keeper by a link, lists and closes", async () => {
    const { code, said } = await run("invite", "031200", "王芳", "keeper");
    assert.equal(code, 0);
    const url = /^(\S+\/police\/accounts\/set-up\/\S+)\n/.exec(said)?.[1];
    assert.equal((await fetch(String(url))).status, 200);
    assert.equal((await run("list")).said, "031200\t王芳\tkeeper\tcity\tinvited\n");
    assert.equal((await run("close", "031200")).code, 0);
    assert.match((await run("list")).said, /closed\n$/);
    assert.equal((await fetch(String(url))).status, 404);
    await assert.rejects(run("close", "031200"), { code: "not-found" });
  });

  it("names what is wrong, and makes nothing", async () => {
    const wrong: [string[], RegExp][] = [
      [["invite", "x", "王芳", "keeper"], /^NUMBER: /],
      [["invite", "031201", "王芳", "boss"], /^ROLE: one of officer, /],
      [["invite", "031201", "王芳", "officer", "31"], /^DISTRICT: one of 310101 黄浦区, /],
      [["invite", "031201", "王芳", "officer", "310199"], /^DISTRICT: /],
      [["invite", "031201"], /^usage/],
      [["open"], /^usage/],
      [[], /^usage/],
    ];
    for (const [words, sentence] of wrong) {
      const { code, said } = await run(...words);
      assert.equal(code, 2, words.join(" "));
      assert.match(said, sentence);
    }
    assert.equal(await app.ctx.officers.find(app.ctx.officers.idOf("031201")), null);
  });

  it("leaves rows in the access log, which its own command finds whole", async () => {
    let said = "";
    const print = (text: string) => {
      said += text;
    };
    assert.equal(await accessLogCommand(app.ctx, ["verify"], print), 0);
    assert.match(said, /^\d+ rows in 1 chains are whole\n$/);
    assert.equal(await accessLogCommand(app.ctx, [], print), 2);
  });
});
