import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import { FileBox } from "file-box";
import type { Message } from "wechaty";
import { types } from "wechaty-puppet";
import type { ContentOf, InboundMessage, MessageKind } from "../../src/wechat/message.ts";
import { createBot, type OfficialAccountBot } from "../../src/wechat/puppet/create-bot.ts";
import { oaOf } from "../../src/wechat/puppet/oa-of.ts";
import type { Outbound } from "../../src/wechat/puppet/outbound.ts";
import { PuppetOfficialAccount } from "../../src/wechat/puppet/puppet-official-account.ts";
import { UNSUPPORTED_METHODS } from "../../src/wechat/puppet/unsupported.ts";
import type { Reply } from "../../src/wechat/reply.ts";
import { capturedLog } from "../support/captured-log.ts";
import { listen } from "../support/platform-server.ts";

function message<K extends MessageKind>(kind: K, content: ContentOf<K>, openid = "anna"): InboundMessage {
  const common = { openid, account: "gh_1", createdAt: new Date(1_790_000_000_000), dedupKey: `${openid}:1` };
  return { ...common, kind, ...content } as InboundMessage;
}

const text = (content: string, openid?: string) => message("text", { content }, openid);

/** Takes the first reply, as an open push does. */
function openSink(): { taken: Reply[]; offer(reply: Reply): boolean } {
  const taken: Reply[] = [];
  return { taken, offer: (reply) => taken.length === 0 && taken.push(reply) > 0 };
}

const closed = { offer: () => false };

/** Writes down what leaves as customer messages. */
function recorder(sent: unknown[][]): Outbound {
  const note =
    (what: string) =>
    async (...args: unknown[]) =>
      void sent.push([what, ...args]);
  return {
    text: note("text"),
    image: note("image"),
    news: note("news"),
    miniProgram: note("miniProgram"),
    async upload(picture) {
      sent.push(["upload", picture.filename, picture.contentType, picture.bytes.length]);
      return { mediaId: "uploaded" };
    },
  };
}

/**
 * Every method that Wechaty's puppet declares abstract, read from the source and types that it ships: the
 * compiler does not check them.
 */
function abstractMethods(): Set<string> {
  const folder = new URL("../../../node_modules/wechaty-puppet/", import.meta.url);
  const mixins = readdirSync(new URL("src/mixins/", folder)).filter((name) => !name.endsWith(".spec.ts"));
  const paths = [...mixins.map((name) => `src/mixins/${name}`), "dist/esm/src/puppet/puppet-abstract.d.ts"];
  const sources = paths.map((path) => readFileSync(new URL(path, folder), "utf8"));
  const found = sources.flatMap((source) => [...source.matchAll(/^\s+abstract (\w+)\s*\(/gm)]);
  return new Set(found.map(([, name]) => name!));
}

describe("the official account as a Wechaty puppet", () => {
  let bot: OfficialAccountBot;
  let handle: (message: Message) => unknown;
  const sent: unknown[][] = [];
  const { log, lines } = capturedLog();

  before(async () => {
    bot = await createBot({ outbound: recorder(sent), log });
    bot.onMessage((one) => handle(one));
  });
  beforeEach(() => {
    sent.length = 0;
    lines.length = 0;
    handle = () => {};
  });
  after(() => bot.stop());

  const deliver = async (one: InboundMessage, act: (message: Message) => unknown, sink = openSink()) => {
    handle = act;
    await bot.deliver(one, sink);
    return sink.taken;
  };

  it("implements all 65 abstract methods", () => {
    const abstract = abstractMethods();
    assert.equal(abstract.size, 65);
    const { prototype } = PuppetOfficialAccount as unknown as { prototype: object };
    const missing = [...abstract].filter((name) => !Object.hasOwn(prototype, name));
    assert.deepEqual(missing, []);
    assert.deepEqual(
      UNSUPPORTED_METHODS.filter((name) => !abstract.has(name)),
      [],
    );
  });

  it("is imported only when a bot is made, because that takes seconds", () => {
    const compiled = readFileSync(new URL("../../src/wechat/puppet/create-bot.js", import.meta.url), "utf8");
    const imported = [...compiled.matchAll(/^import .* from "(.+)";/gm)].map(([, from]) => from);
    assert.deepEqual(imported, ["../../errors.js", "../failure.js", "./safe-emit.js"]);
  });

  it("refuses by its name what an official account has not", async () => {
    const puppet = bot.wechaty.puppet as unknown as Record<string, () => Promise<unknown>>;
    for (const method of UNSUPPORTED_METHODS)
      await assert.rejects(puppet[method]!(), {
        name: "UnsupportedByOfficialAccount",
        code: "unsupported-by-official-account",
        details: { method },
      });
  });

  it("answers the small questions of Wechaty", async () => {
    const { puppet } = bot.wechaty;
    assert.deepEqual(await Promise.all([puppet.contactList(), puppet.roomList(), puppet.tagContactList()]), [
      [],
      [],
      [],
    ]);
    const dong = new Promise((resolve) => bot.wechaty.once("dong", resolve));
    bot.wechaty.ding("here");
    assert.equal(await dong, "here");
    assert.equal(puppet.name(), "official-account");
    assert.match(puppet.version(), /^\d+\.\d+\.\d+$/);
    assert.equal(bot.wechaty.isLoggedIn, true);
  });

  const place = { latitude: 31.2, longitude: 121.5, scale: 16, label: "世纪大道" };
  const KINDS: [InboundMessage, types.Message][] = [
    [text("你好"), types.Message.Text],
    [message("image", { mediaId: "m", picUrl: "http://127.0.0.1/x" }), types.Message.Image],
    [message("voice", { mediaId: "m", format: "amr" }), types.Message.Audio],
    [message("video", { mediaId: "m", thumbMediaId: "t" }), types.Message.Video],
    [message("shortvideo", { mediaId: "m", thumbMediaId: "t" }), types.Message.Video],
    [message("location", place), types.Message.Location],
    [message("link", { title: "t", description: "d", url: "https://example.com/" }), types.Message.Url],
    [message("unknown", { type: "file", fields: {} }), types.Message.Attachment],
    [message("subscribe", { scene: "s" }), types.Message.Unknown],
    [message("scan", { scene: "s" }), types.Message.Unknown],
    [message("click", { key: "k" }), types.Message.Unknown],
  ];
  for (const [one, type] of KINDS)
    it(`brings a ${one.kind} to the listeners with its typed value`, async () => {
      const seen: unknown[] = [];
      await deliver(one, (got) =>
        seen.push(got.type(), oaOf(got), got.talker().id, got.text(), got.self(), got.room()),
      );
      assert.deepEqual(seen, [type, one, "anna", one.kind === "text" ? "你好" : "", false, undefined]);
    });

  it("gives a location, a link and a file in Wechaty's own forms", async () => {
    await deliver(message("location", place), async (got) => {
      const location = await got.toLocation();
      assert.deepEqual([location.latitude(), location.longitude(), location.address()], [31.2, 121.5, "世纪大道"]);
    });
    await deliver(message("link", { title: "t", description: "d", url: "https://example.com/" }), async (got) => {
      assert.equal((await got.toUrlLink()).url(), "https://example.com/");
    });
    await deliver(message("image", { mediaId: "m1", picUrl: "http://127.0.0.1/x" }), async (got) => {
      assert.deepEqual((await got.toFileBox()).metadata, { mediaId: "m1" });
      assert.deepEqual((await got.toImage().hd()).metadata, { mediaId: "m1" });
    });
    await deliver(message("voice", { mediaId: "m1", format: "amr" }), (got) =>
      assert.rejects(got.toFileBox(), { code: "unsupported-by-official-account" }),
    );
  });

  it("says the first thing as the passive reply and the rest as customer messages, in order", async () => {
    const taken = await deliver(text("hi"), async (got) => {
      await got.say("one");
      await got.say("two");
      await got.talker().say("three");
    });
    assert.deepEqual(taken, [{ type: "text", content: "one" }]);
    assert.deepEqual(sent, [
      ["text", "anna", "two"],
      ["text", "anna", "three"],
    ]);
  });

  it("says later things as customer messages, long after the push", async () => {
    let kept: Message | undefined;
    const taken = await deliver(text("hi"), (got) => {
      kept = got;
    });
    await kept!.say("late");
    assert.deepEqual(taken, []);
    assert.deepEqual(sent, [["text", "anna", "late"]]);
  });

  it("says pictures by upload or by media id, links as news, and cards of mini programs", async () => {
    const png = () => FileBox.fromBuffer(Buffer.alloc(8), "a.png");
    const link = new bot.wechaty.UrlLink({ title: "t", url: "https://example.com/", description: "d" });
    const card = { title: "t", appid: "wx1", pagePath: "p", thumbKey: "m" };
    const news = { title: "t", url: "https://example.com/", description: "d", picUrl: "" };
    assert.deepEqual(await deliver(text("hi"), (got) => got.say(png())), [{ type: "image", mediaId: "uploaded" }]);
    assert.deepEqual(await deliver(text("hi"), (got) => got.say(bot.picture("m9"))), [
      { type: "image", mediaId: "m9" },
    ]);
    assert.deepEqual(await deliver(text("hi"), (got) => got.say(link)), [{ type: "news", articles: [news] }]);
    handle = async (got) => {
      await got.say(bot.picture("m9"));
      await got.say(link);
      await got.say(new bot.wechaty.MiniProgram(card));
    };
    await bot.deliver(text("hi"), closed);
    assert.deepEqual(sent, [
      ["upload", "a.png", "image/png", 8],
      ["image", "anna", "m9"],
      ["news", "anna", news],
      ["miniProgram", "anna", { title: "t", appid: "wx1", pagePath: "p", thumbMediaId: "m" }],
    ]);
    await deliver(text("hi"), (got) =>
      assert.rejects(got.say(FileBox.fromBuffer(Buffer.alloc(8), "a.pdf")), {
        code: "unsupported-by-official-account",
      }),
    );
  });

  it("says the picture at an address whose name does not tell what it is", async () => {
    const gallery = await listen((_req, res) => {
      res.writeHead(200, { "content-type": "image/png" }).end(Buffer.alloc(8));
    });
    const box = FileBox.fromUrl(`${gallery.url}/picture?id=3`);
    assert.deepEqual(await deliver(text("hi"), (got) => got.say(box)), [{ type: "image", mediaId: "uploaded" }]);
    assert.deepEqual(sent, [["upload", "picture.png", "image/png", 8]]);
    await gallery.close();
  });

  it("forwards a text and a picture", async () => {
    const bo = (await bot.wechaty.Contact.find({ id: "bo" }))!;
    await deliver(text("hi"), (got) => got.forward(bo));
    await deliver(message("image", { mediaId: "m1", picUrl: "" }), (got) => got.forward(bo));
    assert.deepEqual(sent, [
      ["text", "bo", "hi"],
      ["image", "bo", "m1"],
    ]);
  });

  it("shows each of two equal messages to the listeners, with ids of its own", async () => {
    const ids = new Set<string>();
    for (const content of ["first", "second"]) {
      await deliver(text(content), (got) => {
        ids.add(got.id);
        assert.equal(got.text(), content);
      });
    }
    assert.equal(ids.size, 2);
  });

  it("survives listeners that reject, waits for the others, and tells the caller", async () => {
    let finished = false;
    const slow = async () => {
      await new Promise(setImmediate);
      finished = true;
    };
    const broken = () => Promise.reject(new RangeError("secret words"));
    bot.wechaty.on("message", slow as () => void);
    bot.wechaty.on("message", broken as () => void);
    try {
      const failing = deliver(text("hi"), () => {
        throw new TypeError("first");
      });
      await assert.rejects(failing, TypeError);
      assert.equal(finished, true);
      assert.equal(lines.length, 1);
      assert.equal(JSON.parse(lines[0]!).code, "RangeError");
      assert.ok(!lines[0]!.includes("secret words"));
    } finally {
      bot.wechaty.off("message", slow as () => void);
      bot.wechaty.off("message", broken as () => void);
    }
  });

  it("survives a customer message that fails: say() rejects with the platform's own error", async () => {
    const refusal = Object.assign(new Error("x"), { errcode: 45015 });
    const other = await createBot({ outbound: { ...recorder([]), text: () => Promise.reject(refusal) }, log });
    other.onMessage((got) => got.say("hi"));
    await assert.rejects(other.deliver(text("hi"), closed), (error) => error === refusal);
    await other.stop();
  });

  it("keeps two bots of one process apart", async () => {
    const others: unknown[][] = [];
    const other = await createBot({ outbound: recorder(others), log });
    other.onMessage((got) => got.say("from the other"));
    handle = (got) => got.say("from this");
    await Promise.all([bot.deliver(text("hi"), closed), other.deliver(text("hi"), closed)]);
    assert.deepEqual(sent, [["text", "anna", "from this"]]);
    assert.deepEqual(others, [["text", "anna", "from the other"]]);
    await other.stop();
    await assert.rejects(other.deliver(text("hi"), closed), { code: "bot-stopped" });
  });

  it("starts the work of pushes in the order in which they come", async () => {
    const seen: string[] = [];
    handle = (got) => seen.push(got.text());
    const numbers = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(numbers.map((number) => bot.deliver(text(number, `p${number}`), closed)));
    assert.deepEqual(seen, numbers);
  });

  it("says that a message of another puppet is not its own", () => {
    assert.throws(() => oaOf({ payload: {} }), TypeError);
    assert.throws(() => oaOf({}), TypeError);
  });
});
