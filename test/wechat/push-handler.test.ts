import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Conflict } from "../../src/errors.ts";
import type { InboundMessage } from "../../src/wechat/message.ts";
import { type OpenedPush, openPush } from "../../src/wechat/open-push.ts";
import { parseXml } from "../../src/wechat/parse-xml.ts";
import { createPushConfig } from "../../src/wechat/push-config.ts";
import { createPushHandler, type PushAnswer } from "../../src/wechat/push-handler.ts";
import type { PushHandlerOptions } from "../../src/wechat/push-options.ts";
import type { Reply } from "../../src/wechat/reply.ts";
import { capturedLog } from "../support/captured-log.ts";
import { MemoryInbox } from "../support/memory-inbox.ts";
import { account, nowMs, plainPush, type SentPush, safePush, textXml, WechatCrypto } from "../support/wechat-push.ts";

const config = createPushConfig({ ...account, mode: "safe" });
const SUCCESS: PushAnswer = { type: "text/plain", body: "success" };
const text = (content: string): Reply => ({ type: "text", content });
const push = (content: string, who: { openid?: string; msgId?: string } = {}): SentPush =>
  safePush(textXml(content, who));
const brief = { deadlineMs: 60, leaseMs: 30, pollMs: 5 };

function contentOf({ body }: PushAnswer): string {
  const { message } = new WechatCrypto(account.token, account.aesKey, account.appId).decrypt(
    parseXml(body)["Encrypt"] as string,
  );
  return parseXml(message)["Content"] as string;
}

/** A gate that a test opens when it likes. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function handlerOf(handle: PushHandlerOptions["handle"], more: Partial<PushHandlerOptions> = {}) {
  const { log, lines } = capturedLog();
  const inbox = new MemoryInbox();
  const handler = createPushHandler({ config, inbox, log, nowMs: () => nowMs, handle, ...more });
  return { handler, inbox, lines };
}

describe("answering a push", () => {
  it("gives what was said as the passive reply, encrypted", async () => {
    const { handler } = handlerOf(async (message, sink) => {
      assert.equal(sink.offer(text(`got ${message.kind === "text" && message.content}`)), true);
    });
    const answer = await handler.handle(push("hi"));
    assert.equal(answer.type, "application/xml");
    assert.equal(contentOf(answer), "got hi");
  });

  it("gives success when nothing was said", async () => {
    const { handler } = handlerOf(async () => {});
    assert.deepEqual(await handler.handle(push("hi")), SUCCESS);
  });

  it("answers JSON with JSON", async () => {
    const plain = createPushConfig({ ...account, mode: "plain" });
    const { handler } = handlerOf(async (_message, sink) => void sink.offer(text("yes")), { config: plain });
    const json = '{"ToUserName":"gh","FromUserName":"p","CreateTime":1,"MsgType":"text","Content":"hi","MsgId":1}';
    const answer = await handler.handle(plainPush(json));
    assert.equal(answer.type, "application/json");
    assert.equal(JSON.parse(answer.body).Content, "yes");
  });

  it("refuses the unauthentic before anything is kept or done", async () => {
    const { handler, inbox } = handlerOf(() => assert.fail("not to be handled"));
    await assert.rejects(handler.handle(plainPush(textXml("hi"))), { status: 401 });
    assert.equal(inbox.begins, 0);
  });

  it("lets the first words go as soon as there are second ones, which travel another way", async () => {
    const held = gate();
    const { handler } = handlerOf(async (_message, sink) => {
      assert.equal(sink.offer(text("first")), true);
      assert.equal(sink.offer(text("second")), false);
      await held.opened;
    });
    assert.equal(contentOf(await handler.handle(push("hi"))), "first");
    held.open();
    await handler.settle();
  });

  it("gives success at the deadline, and takes no passive reply afterwards", async () => {
    const held = gate();
    let late: boolean | undefined;
    const { handler, inbox } = handlerOf(
      async (_message, sink) => {
        await held.opened;
        late = sink.offer(text("late"));
      },
      { limits: { deadlineMs: 20 } },
    );
    assert.deepEqual(await handler.handle(push("hi")), SUCCESS);
    held.open();
    await handler.settle();
    assert.equal(late, false);
    assert.deepEqual(
      [...inbox.entries.values()].map((one) => one.reply),
      [null],
    );
  });

  it("gives at the deadline what was said until then", async () => {
    const held = gate();
    const { handler } = handlerOf(
      async (_message, sink) => {
        sink.offer(text("in time"));
        await held.opened;
      },
      { limits: { deadlineMs: 20 } },
    );
    assert.equal(contentOf(await handler.handle(push("hi"))), "in time");
    held.open();
    await handler.settle();
  });
});

describe("one push, one effect", () => {
  it("does the work once when three come in parallel, and answers all alike", async () => {
    const held = gate();
    let runs = 0;
    const { handler } = handlerOf(async (_message, sink) => {
      runs += 1;
      await held.opened;
      sink.offer(text(`run ${runs}`));
    });
    const one = push("hi");
    const answers = [handler.handle(one), handler.handle(one), handler.handle(one)];
    held.open();
    const [first, ...others] = await Promise.all(answers);
    assert.deepEqual(others, [first, first]);
    assert.equal(runs, 1);
  });

  it("does the work once when retries come to other processes, and after the end", async () => {
    const held = gate();
    const inbox = new MemoryInbox();
    let runs = 0;
    const processes = [1, 2, 3].map(() =>
      handlerOf(
        async (_message, sink) => {
          runs += 1;
          await held.opened;
          sink.offer(text("the answer"));
        },
        { inbox, limits: { pollMs: 5 } },
      ),
    );
    const one = push("hi");
    const answers = processes.map(({ handler }) => handler.handle(one));
    held.open();
    const [first, ...others] = await Promise.all(answers);
    assert.equal(contentOf(first!), "the answer");
    assert.deepEqual(others, [first, first]);
    await Promise.all(processes.map(({ handler }) => handler.settle()));
    assert.deepEqual(await processes[0]!.handler.handle(one), first);
    assert.equal(runs, 1);
  });

  it("gives a retry success while another process still works and renews its lease", async () => {
    const held = gate();
    const inbox = new MemoryInbox(() => 0);
    let runs = 0;
    const work = async () => {
      runs += 1;
      await held.opened;
    };
    const [first, second] = [handlerOf(work, { inbox, limits: brief }), handlerOf(work, { inbox, limits: brief })];
    const one = push("hi");
    assert.deepEqual(await Promise.all([first.handler.handle(one), second.handler.handle(one)]), [SUCCESS, SUCCESS]);
    held.open();
    await first.handler.settle();
    assert.equal(runs, 1);
    assert.ok(inbox.renewals > 0);
  });

  it("takes the work over from a process that died, before its own deadline", async () => {
    const inbox = new MemoryInbox();
    const one = push("hi");
    const { message } = openPush(config, { ...one, nowMs }) as OpenedPush;
    await inbox.begin({ key: message.dedupKey, order: "1", isEncrypted: true, holder: "dead", leaseMs: 40 });
    const { handler } = handlerOf(async (_message, sink) => void sink.offer(text("taken over")), {
      inbox,
      limits: { deadlineMs: 3_000, pollMs: 10 },
    });
    assert.equal(contentOf(await handler.handle(one)), "taken over");
  });

  it("takes over what was accepted at the deadline by a process that died, once; its answer is said later", async (t) => {
    let time = 0;
    const inbox = new MemoryInbox(() => time);
    const held = gate();
    // its work ends with the test: until then it keeps the process alive
    t.after(held.open);
    const dead = handlerOf(() => held.opened, { inbox, limits: { deadlineMs: 20 } });
    const one = push("hi");
    assert.deepEqual(await dead.handler.handle(one), SUCCESS);
    const seen: InboundMessage[] = [];
    const said: Reply[] = [];
    const handle: PushHandlerOptions["handle"] = async (message, sink) => {
      seen.push(message);
      if (!sink.offer(text("taken over"))) said.push(text("taken over"));
    };
    const living = [handlerOf(handle, { inbox }), handlerOf(handle, { inbox })];
    const resumeAll = async () => {
      await Promise.all(living.map(({ handler }) => handler.resume()));
      await Promise.all(living.map(({ handler }) => handler.settle()));
    };
    await resumeAll();
    assert.equal(seen.length, 0, "it may be working on it still");
    time += 60_000;
    await resumeAll();
    await resumeAll();
    assert.deepEqual(seen, [openPush(config, { ...one, nowMs }).message]);
    assert.deepEqual(said, [text("taken over")]);
  });

  it("does not say success for what it cannot keep: the platform sends it again", async (t) => {
    const held = gate();
    // its work ends with the test: until then it keeps the process alive
    t.after(held.open);
    const { handler, inbox, lines } = handlerOf(() => held.opened, { limits: { deadlineMs: 20 } });
    inbox.keep = async () => {
      throw new Error("disk full");
    };
    await assert.rejects(handler.handle(push("hi")), { code: "wechat-inbox" });
    assert.match(lines.join(""), /wechat\.push-not-kept/);
  });

  it("treats two messages of one MsgId from two people as two", async () => {
    const seen: string[] = [];
    const { handler } = handlerOf(async (message) => void seen.push(message.openid));
    await handler.handle(push("hi", { openid: "anna" }));
    await handler.handle(push("hi", { openid: "bo" }));
    assert.deepEqual(seen, ["anna", "bo"]);
  });
});

describe("bad days", () => {
  it("logs a failing handler by its code and never by its words, and answers success", async () => {
    const { handler, lines } = handlerOf(async () => {
      throw Object.assign(new Error("沪A12345 said no"), { name: "TypeError" });
    });
    assert.deepEqual(await handler.handle(push("secret words")), SUCCESS);
    const line = JSON.parse(lines[0]!);
    assert.equal(line.code, "TypeError");
    assert.equal(line.msgId, "6054768590064713728");
    assert.ok(!lines.join("").includes("沪A12345") && !lines.join("").includes("secret words"));
  });

  it("survives a handler that throws at once, and one that throws something odd", async () => {
    for (const thrown of [new Conflict("step-out-of-order"), undefined, "text"]) {
      const { handler, lines } = handlerOf(() => {
        throw thrown;
      });
      assert.deepEqual(await handler.handle(push("hi")), SUCCESS);
      assert.equal(JSON.parse(lines[0]!).code, thrown instanceof Conflict ? "step-out-of-order" : "not-an-error");
    }
  });

  it("says the fallback when the work failed, unless something was said", async () => {
    const fallback = () => text("sorry");
    const failing = handlerOf(() => Promise.reject(new Error("x")), { fallback });
    assert.equal(contentOf(await failing.handler.handle(push("hi"))), "sorry");
    const spoken = handlerOf(
      async (_message, sink) => {
        sink.offer(text("said"));
        throw new Error("x");
      },
      { fallback },
    );
    assert.equal(contentOf(await spoken.handler.handle(push("hi"))), "said");
  });

  it("says the fallback as a customer message when the push is answered already", async () => {
    const held = gate();
    const said: [string, Reply][] = [];
    const { handler, lines } = handlerOf(
      async () => {
        await held.opened;
        throw new Error("x");
      },
      {
        fallback: () => text("sorry"),
        later: async (message, reply) => {
          said.push([message.openid, reply]);
          throw new Error("window closed");
        },
        limits: { deadlineMs: 20 },
      },
    );
    assert.deepEqual(await handler.handle(push("hi")), SUCCESS);
    held.open();
    await handler.settle();
    assert.deepEqual(said, [["person", text("sorry")]]);
    assert.equal(lines.length, 2);
  });

  it("fails, so that the platform sends it again, when the inbox does not take it", async () => {
    const inbox = new MemoryInbox();
    const broken = Object.assign(new MemoryInbox(), { begin: () => Promise.reject(new Error("no database")) });
    await assert.rejects(handlerOf(async () => {}, { inbox: broken }).handler.handle(push("hi")), {
      status: 502,
      code: "wechat-inbox",
    });
    const held = gate();
    const slow = Object.assign(inbox, {
      async begin(lease: Parameters<MemoryInbox["begin"]>[0]) {
        await held.opened;
        return MemoryInbox.prototype.begin.call(inbox, lease);
      },
    });
    let runs = 0;
    const count = async () => {
      runs += 1;
    };
    const { handler } = handlerOf(count, { inbox: slow, limits: { deadlineMs: 20 } });
    await assert.rejects(handler.handle(push("hi")), { status: 502, code: "wechat-inbox-slow" });
    held.open();
    await handler.settle();
    assert.deepEqual(await handler.handle(push("hi")), SUCCESS);
    assert.equal(runs, 1);
  });

  it("answers although the end of the work could not be kept", async () => {
    const inbox = Object.assign(new MemoryInbox(), { finish: () => Promise.reject(new Error("no database")) });
    const { handler, lines } = handlerOf(async (_message, sink) => void sink.offer(text("yes")), { inbox });
    assert.equal(contentOf(await handler.handle(push("hi"))), "yes");
    await handler.settle();
    assert.match(lines[0]!, /wechat\.push-not-finished/);
  });

  it("hands a reply that cannot be written back to the handler", async () => {
    const { handler, lines } = handlerOf(async (_message, sink) => void sink.offer({ type: "news", articles: [] }));
    assert.deepEqual(await handler.handle(push("hi")), SUCCESS);
    assert.equal(JSON.parse(lines[0]!).code, "RangeError");
  });
});

describe("order", () => {
  it("works one person's pushes in the order of their arrival, and lets nobody else wait", async () => {
    const seen: string[] = [];
    const held = gate();
    const inbox = new MemoryInbox();
    let begins = 0;
    // The first to arrive is the last that the database takes.
    const shuffled = Object.assign(inbox, {
      async begin(lease: Parameters<MemoryInbox["begin"]>[0]) {
        for (let waits = 20 - begins++; waits > 0; waits -= 1) await Promise.resolve();
        return MemoryInbox.prototype.begin.call(inbox, lease);
      },
    });
    const { handler } = handlerOf(
      async (message) => {
        if (message.kind !== "text") return;
        if (message.content === "1") await held.opened;
        seen.push(`${message.openid} ${message.content}`);
        if (message.openid === "bo") held.open();
      },
      { inbox: shuffled },
    );
    const anna = ["1", "2", "3", "4"].map((n) => handler.handle(push(n, { openid: "anna", msgId: n })));
    await Promise.all([...anna, handler.handle(push("hi", { openid: "bo", msgId: "5" }))]);
    assert.deepEqual(seen, ["bo hi", "anna 1", "anna 2", "anna 3", "anna 4"]);
  });

  it("gives a handler that never ends up, so that the person is not stuck", async () => {
    const { handler, lines } = handlerOf(
      (message, sink) => {
        if (message.kind === "text" && message.content === "stuck") return new Promise(() => {});
        sink.offer(text("next"));
        return Promise.resolve();
      },
      { limits: { deadlineMs: 2_000, stuckMs: 30 } },
    );
    const answers = [handler.handle(push("stuck", { msgId: "1" })), handler.handle(push("hi", { msgId: "2" }))];
    const [stuck, next] = await Promise.all(answers);
    assert.deepEqual(stuck, SUCCESS);
    assert.equal(contentOf(next!), "next");
    assert.match(lines[0]!, /wechat-handler-stuck/);
  });
});
