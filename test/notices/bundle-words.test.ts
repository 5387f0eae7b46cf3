import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bundled } from "../../src/notices/bundle-words.ts";

const bytes = (text: string) => Buffer.byteLength(text);
const line = (length: number) => `${"字".repeat(Math.floor((length - 1) / 3))}\n`;
const lines = (count: number, length: number) => line(length).repeat(count).trimEnd();

describe("what waits for a person and what is said now", () => {
  it("go as one message, the oldest first, what does not fit later", () => {
    const [first, second, third] = [lines(2, 400), lines(2, 401), lines(2, 402)];
    const { said, taken, left } = bundled([first, second, third], "now");
    assert.equal(said, `${first}\n\n${second}\n\nnow`);
    assert.deepEqual([taken, left], [[first, second], [third]]);
  });

  it("are nothing but the answer while nothing waits", () => {
    assert.deepEqual(bundled([], "now"), { said: "now", taken: [], left: [] });
  });

  it("go in parts where one is too long for any answer, by whole lines, so that none waits for ever", () => {
    const long = lines(10, 200);
    let waiting = [long, "behind it"];
    const heard: string[] = [];
    for (let answers = 0; waiting.length > 0; answers += 1) {
      assert.ok(answers < 3, "each answer takes more of it along");
      const { said, taken, left } = bundled(waiting, lines(1, 300));
      assert.ok(bytes(said) < 2048);
      heard.push(...taken);
      waiting = left;
    }
    assert.equal(heard.join("\n"), `${long}\nbehind it`);
  });

  it("go in parts of whole characters where there is no line to end with", () => {
    const long = "字".repeat(900);
    const { said, taken, left } = bundled([long], "now");
    assert.ok(bytes(said) < 2048);
    assert.equal(taken.join("") + left.join(""), long);
    assert.ok(bytes(left[0] ?? "") < 1024);
  });

  it("wait whole for a shorter answer where there is room for little only", () => {
    const answer = lines(5, 380);
    for (const waiting of [[lines(3, 300)], ["字".repeat(600)]])
      assert.deepEqual(bundled(waiting, answer), { said: answer, taken: [], left: waiting });
  });

  it("leave no room beside an answer that is too long itself, which is cut between characters", () => {
    const { said, left } = bundled(["first"], "字".repeat(900));
    assert.equal(said, `${"字".repeat(681)}…`);
    assert.deepEqual(left, ["first"]);
  });
});
