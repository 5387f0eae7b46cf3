import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { expireAccidents } from "../../src/actions/expire-accidents.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { scrubCommand } from "../../src/jobs/scrub-command.ts";
import { type ChatWorld, startChat } from "../chat/chat-world.ts";
import { Phone } from "../h5/phone.ts";
import { closeDatabase } from "../support/database.ts";
import { passTime } from "../support/pass-time.ts";

/** Flips one bit of a case's sealed place: how driver, operator and jobs are affected. */
describe("a case of which something does not open", () => {
  let chat: ChatWorld;
  let connection: Connection;
  let openid: string;
  let accident: Accident;
  before(async () => {
    chat = await startChat();
    connection = await mongoose.createConnection(chat.app.databaseUri).asPromise();
    ({ openid, accident } = await chat.withAccident());
    await chat.app.ctx.blobs.save(accident, Buffer.from("as received"), "original");
    await flip();
  });
  after(async () => {
    await connection.close();
    await chat.app.stop();
    await closeDatabase();
  });

  async function flip(): Promise<void> {
    const accidents = connection.collection("accidents");
    const found = await accidents.findOne({ _id: accident.id as never });
    const sealed = Buffer.from(found?.parts.scene.sealed.buffer);
    sealed[sealed.length - 1] = (sealed.at(-1) as number) ^ 1;
    await accidents.updateOne({ _id: accident.id as never }, { $set: { "parts.scene.sealed": sealed } });
  }
  const errors = () =>
    chat.app
      .logged()
      .split("\n")
      .filter((line) => line.includes('"level":"error"'));
  const unreadable = async () => (await chat.app.ctx.health.values())["unreadableCases"];

  it("is told to the driver with its number and whom to call, in the chat and on each page", async () => {
    const said = await chat.say(openid, "进度");
    const phone = new Phone(chat.app, openid);
    await phone.open("/h5/start");
    for (const path of [`/h5/accidents/${accident.id}`, `/h5/accidents/${accident.id}/photos`, "/h5/start"]) {
      const page = await phone.open(path);
      assert.equal(page.status, 500, path);
      for (const text of [accident.number, chat.app.config.operatorPhone]) assert.ok(page.html.includes(text), path);
    }
    for (const text of [accident.number, chat.app.config.operatorPhone]) assert.ok(said.includes(text), said);
    await phone.send("POST", "/h5/language", { body: new URLSearchParams({ language: "en" }) });
  });

  it("is one error with its number, however often somebody comes to it, and a number in the health", async () => {
    await chat.app.settle();
    await passTime(chat.app, 25 * 3_600_000);
    for (let round = 0; round < 3; round++) await expireAccidents(chat.app.ctx);
    assert.equal(await unreadable(), 1);
    const told = errors().filter((line) => line.includes(accident.number));
    assert.equal(told.length, 1);
    assert.deepEqual(errors(), told, "and no other");
  });

  it("keeps no other case from ending, and no file from being looked at", async () => {
    const other = await chat.withAccident();
    const sha256 = await chat.app.ctx.blobs.save(other.accident, Buffer.from("another's"), "original");
    await passTime(chat.app, 25 * 3_600_000);
    assert.equal(await expireAccidents(chat.app.ctx), 1);
    let said = "";
    const code = await scrubCommand(chat.app.ctx, ["--all"], (text) => {
      said += text;
    });
    assert.equal(code, 1);
    assert.match(said, new RegExp(`^${accident.id}\t.*\tunreadable$`, "m"));
    assert.match(said, /^1 whole, 0 damaged, 0 missing, 1 of cases that do not open$/m);
    assert.ok(await chat.app.ctx.blobs.read(other.accident, sha256));
  });

  it("is as before once it has been put back", async () => {
    await flip();
    assert.equal((await chat.app.ctx.accidents.get(accident.id)).number, accident.number);
    assert.equal(await unreadable(), 0);
  });
});
