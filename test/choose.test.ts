import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chosen, processesOf } from "./choose.ts";

const PATHS = [
  "test/words.test.ts",
  "test/domain/claim.test.ts",
  "test/wechat/api/tokens.test.ts",
  "test/journeys/crash.ts",
  "test/journeys/crash.test.ts",
  "test/chat/photos.test.ts",
  "test/long/amount.ts",
  "test/long/crash.long.ts",
];

describe("the files that a run takes", () => {
  it("are all tests in their order, without soaks and kills", () => {
    assert.deepEqual(chosen(PATHS, "test", []), [
      "test/chat/photos.test.ts",
      "test/domain/claim.test.ts",
      "test/journeys/crash.test.ts",
      "test/wechat/api/tokens.test.ts",
      "test/words.test.ts",
    ]);
  });

  it("are the folders without app and browser when it must be quick", () => {
    assert.deepEqual(chosen(PATHS, "quick", []), [
      "test/domain/claim.test.ts",
      "test/wechat/api/tokens.test.ts",
      "test/words.test.ts",
    ]);
  });

  it("are soaks and kills when it may be long", () => {
    assert.deepEqual(chosen(PATHS, "long", []), ["test/long/crash.long.ts"]);
  });

  for (const name of ["test/chat/photos.test.ts", "chat/photos", "chat/"]) {
    it(`are those that ${name} names`, () =>
      assert.deepEqual(chosen(PATHS, "test", [name]), ["test/chat/photos.test.ts"]));
  }

  it("are none for a name that nothing has", () => {
    assert.deepEqual(chosen(PATHS, "test", ["nothing"]), []);
  });
});

describe("the processes of a run", () => {
  it("have one file each, the longest first, or up to six of one folder whose files load the same", () => {
    const chat = Array.from({ length: 7 }, (_, at) => `test/chat/photos-${at}.test.ts`);
    assert.deepEqual(processesOf(["test/domain/claim.test.ts", "test/domain/rules.test.ts", ...chat]), [
      ["test/domain/rules.test.ts"],
      ...[0, 1].map((part) => chat.filter((_, at) => at % 2 === part)),
      ["test/domain/claim.test.ts"],
    ]);
  });
});
