import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Outcome, together } from "../../src/store/together.ts";

/** A command that ends when told. */
function recorder({ most, rest }: { most?: number; rest?: () => Promise<void> } = {}) {
  const sent: string[][] = [];
  const ends: (() => void)[] = [];
  const run = (items: string[]) =>
    new Promise<Outcome<string>[]>((resolve, reject) => {
      sent.push(items);
      ends.push(() => {
        if (items.includes("all fail")) reject(new Error("connection lost"));
        else resolve(items.map((item) => (item === "fails" ? new Error("refused") : `${item}!`)));
      });
    });
  const ask = together<string, string>({
    async alone(item) {
      const [result] = await run([item]);
      if (result instanceof Error) throw result;
      return result as string;
    },
    group: run,
    ...(most !== undefined && { most }),
    ...(rest && { rest }),
  });
  const end = () => (ends.shift() as () => void)();
  return { ask, sent, end };
}

/** Until what is under way has been sent. */
const turn = async () => {
  for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate);
};

describe("calls that go together", () => {
  it("gather while a command is followed by a rest, and each is answered before it", async () => {
    let rested = () => {};
    const rest = () => new Promise<void>((resolve) => (rested = resolve));
    const { ask, sent, end } = recorder({ rest });
    const one = ask("a");
    await turn();
    end();
    assert.equal(await one, "a!");
    const others = [ask("b"), ask("c")];
    await turn();
    assert.deepEqual(sent, [["a"]]);
    rested();
    await turn();
    end();
    assert.deepEqual(await Promise.all(others), ["b!", "c!"]);
    assert.deepEqual(sent, [["a"], ["b", "c"]]);
    rested();
  });

  it("are one command when they come in one turn, and one alone goes at once by itself", async () => {
    const { ask, sent, end } = recorder();
    const one = ask("a");
    await turn();
    assert.deepEqual(sent, [["a"]]);
    end();
    assert.equal(await one, "a!");
    const more = [ask("b"), ask("c")];
    await turn();
    assert.deepEqual(sent, [["a"], ["b", "c"]]);
    end();
    assert.deepEqual(await Promise.all(more), ["b!", "c!"]);
  });

  it("wait while each turn brings another, five turns at most", async () => {
    const { ask, sent, end } = recorder();
    const all = ["a", "b", "c"].map(async (name, turns) => {
      for (let n = 0; n < turns; n++) await new Promise(setImmediate);
      return ask(name);
    });
    await turn();
    await turn();
    assert.deepEqual(sent, [["a", "b", "c"]]);
    end();
    assert.deepEqual(await Promise.all(all), ["a!", "b!", "c!"]);
    let isSent = false;
    let asked = 0;
    while (!isSent && asked < 100) {
      void ask(String(asked++));
      await new Promise(setImmediate);
      isSent = sent.length > 1;
    }
    assert.deepEqual(sent[1], ["0", "1", "2", "3", "4", "5"]);
  });

  it("queue up behind the command that is under way, and no more than so many go at once", async () => {
    const { ask, sent, end } = recorder({ most: 2 });
    const all = [ask("first")];
    await turn();
    all.push(ask("b"), ask("c"), ask("d"));
    await turn();
    assert.deepEqual(sent, [["first"]]);
    end();
    await turn();
    end();
    await turn();
    end();
    assert.deepEqual(await Promise.all(all), ["first!", "b!", "c!", "d!"]);
    assert.deepEqual(sent, [["first"], ["b", "c"], ["d"]]);
  });

  it("fail alone when the error is one item's, together when the command fails, and the next are served", async () => {
    const { ask, end } = recorder();
    const mixed = [ask("a"), ask("fails"), ask("c")];
    await turn();
    end();
    const outcomes = await Promise.allSettled(mixed);
    assert.deepEqual(
      outcomes.map((one) => (one.status === "fulfilled" ? one.value : one.reason.message)),
      ["a!", "refused", "c!"],
    );
    const lost = [ask("all fail"), ask("b")];
    await turn();
    end();
    for (const one of await Promise.allSettled(lost)) assert.equal(one.status, "rejected");
    const alone = ask("fails");
    await turn();
    end();
    await assert.rejects(alone, /refused/);
    const next = ask("fine");
    await turn();
    end();
    assert.equal(await next, "fine!");
  });
});
