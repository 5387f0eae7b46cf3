import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseEnvelope } from "../../src/wechat/parse-envelope.ts";
import { parseFlat } from "../../src/wechat/parse-flat.ts";
import { parseJson } from "../../src/wechat/parse-json.ts";
import { parseXml } from "../../src/wechat/parse-xml.ts";
import { cdata, xmlText } from "../../src/wechat/write-xml.ts";
import { safePush, textXml, vectors } from "../support/wechat-push.ts";

const malformed = { name: "Invalid", status: 400, code: "wechat-malformed" };
const nested = (depth: number) => `<xml>${"<a>".repeat(depth)}${"</a>".repeat(depth)}</xml>`;

const REFUSED_XML: Record<string, string> = {
  ...Object.fromEntries(vectors.xml_hardening.filter((v) => v.body?.startsWith("<!")).map((v) => [v.id, v.body])),
  "a doctype without entities": "<!DOCTYPE xml><xml><a>1</a></xml>",
  "a processing instruction": "<xml><?php echo 1 ?><a>1</a></xml>",
  "an instruction before the root": '<?xml-stylesheet href="x"?><xml><a>1</a></xml>',
  "a declaration after the start": ' <?xml version="1.0"?><xml><a>1</a></xml>',
  "a comment": "<xml><a>us<!-- -->er</a></xml>",
  "an attribute": '<xml><a b="1">1</a></xml>',
  "a name space": '<xml xmlns="urn:x"><a>1</a></xml>',
  "an unclosed element": "<xml><a>1</a>",
  "an unclosed section": "<xml><a><![CDATA[1</a></xml>",
  "crossed elements": "<xml><a><b>1</a></b></xml>",
  "two roots": "<xml><a>1</a></xml><xml><a>1</a></xml>",
  "text after the root": "<xml><a>1</a></xml>x",
  "another root": "<html><a>1</a></html>",
  "no elements": "<xml>text</xml>",
  nothing: "",
  "no xml": "success",
  "many open marks": "<<<<",
  "text beside elements": "<xml>text<a>1</a></xml>",
  "the same element twice": "<xml><FromUserName>a</FromUserName><FromUserName>b</FromUserName></xml>",
  "the same element twice, deeper": "<xml><a><b>1</b><b>2</b></a></xml>",
  "a NUL": "<xml><a>a\0b</a></xml>",
  "a NUL by number": "<xml><a>a&#0;b</a></xml>",
  "a character out of range": "<xml><a>&#x110000;</a></xml>",
  "half a character by number": "<xml><a>&#xD800;</a></xml>",
  "an entity of its own": "<xml><a>&lol;</a></xml>",
  __proto__: "<xml><__proto__><a>1</a></__proto__></xml>",
  "a very long name": `<xml><${"a".repeat(65)}>1</${"a".repeat(65)}></xml>`,
  "30,000 levels": nested(30_000),
  "nine levels": nested(8),
  "too many elements": `<xml>${"<item>1</item>".repeat(1_000)}</xml>`,
};

describe("XML bodies", () => {
  for (const [name, xml] of Object.entries(REFUSED_XML))
    it(`refuses ${name}`, () => {
      assert.throws(() => parseXml(xml), malformed);
    });

  it("are read the short way only where the strict parser reads them to the same end", () => {
    const plain = textXml("第一行\n 二 👋 <b>&amp;");
    const parts = [
      "",
      " ",
      "\n",
      "\r",
      "]",
      "]]>",
      "<",
      ">",
      "&amp;",
      "&",
      "\0",
      "\u0001",
      "\ud83d",
      "x",
      "</xml>",
      "<xml>",
    ];
    const more = ["<a>1</a>", "<a/>", "<item>1</item>", "<![CDATA[y]]>", "<!-- -->", "<?a?>", '<a b="1">1</a>', "</a>"];
    assert.ok(parseFlat(textXml("进度")), "what the platform sends most");
    let short = 0;
    for (let at = 0; at <= plain.length; at++)
      for (const part of [...parts, ...more])
        for (const skip of [0, 1]) {
          const body = plain.slice(0, at) + part + plain.slice(at + skip);
          const fields = parseFlat(body);
          if (!fields) continue;
          short += 1;
          assert.deepEqual(fields, parseXml(body));
        }
    assert.ok(short > 500, `${short} bodies`);
    for (const refused of Object.values(REFUSED_XML)) assert.equal(parseFlat(refused), undefined);
  });

  it("keeps a 64-bit MsgId whole, as text", () => {
    const { body } = vectors.xml_hardening.find((one) => one.id === "bigint-msgid");
    assert.equal(parseXml(body)["MsgId"], "6054768590064713728");
  });

  it("joins sections in a row, keeps spaces and decodes numeric entities", () => {
    const fields = parseXml(
      '<?xml version="1.0"?>\n<xml>\n <a><![CDATA[ a]]]]><![CDATA[>b ]]></a> <b>&#x4f60;&#22909;&amp;&lt;</b>\n</xml>\n',
    );
    assert.deepEqual({ ...fields }, { a: " a]]>b ", b: "你好&<" });
  });

  it("makes arrays of item and List, one or many, and leaves the prototype of objects alone", () => {
    const one = parseXml("<xml><L><item><a>1</a></item></L></xml>");
    const two = parseXml("<xml><L><item><a>1</a></item><item><a>2</a></item></L><constructor>x</constructor></xml>");
    assert.equal(JSON.stringify(one), '{"L":{"item":[{"a":"1"}]}}');
    assert.equal(JSON.stringify(two), '{"L":{"item":[{"a":"1"},{"a":"2"}]},"constructor":"x"}');
    assert.equal(Object.getPrototypeOf(one), null);
    assert.equal(({} as Record<string, unknown>)["a"], undefined);
  });

  it("reads any text back that a reply can carry", () => {
    const pieces = [
      "]]>",
      "]]",
      ">",
      "<![CDATA[",
      "</Content>",
      "&amp;",
      "&",
      "<",
      "\r\n",
      "\r",
      "\n",
      "\t",
      " ",
      "\0",
      "\u0008",
    ];
    const more = ["\ufffe", "\ud83d", "\ude97", "🚗", "快处", "𠮷", "\u202e", "\u2028", "\ufeff", "a", "]", "\u0085"];
    const all = [...pieces, ...more];
    let seed = 7;
    const next = (bound: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * bound);
    };
    for (let run = 0; run < 3_000; run += 1) {
      const text = Array.from({ length: next(12) }, () => all[next(all.length)]).join("");
      const fields = parseXml(`<xml><Content>${cdata(text)}</Content><MsgType>${cdata("text")}</MsgType></xml>`);
      assert.deepEqual({ ...fields }, { Content: xmlText(text), MsgType: "text" });
    }
    assert.equal(xmlText("a]]>b <>&\t快🚗"), "a]]>b <>&\t快🚗");
  });
});

describe("the envelope of safe mode", () => {
  const { body } = safePush(textXml("hi"));

  it("is read by its own short way to the same end as by the strict parser", () => {
    for (const xml of [body, body.replace("<Encrypt>", "\n <Encrypt>"), `${body}\n`]) {
      assert.ok(parseEnvelope(xml));
      assert.deepEqual(parseEnvelope(xml), parseXml(xml));
    }
  });

  it("is left to the strict parser when it is anything else", () => {
    const others = [
      body.replace("<Encrypt>", "<Encrypt>x</Encrypt><Encrypt>"),
      body.replace("<Encrypt>", '<Encrypt a="1">'),
      body.replace("gh_account", "a]]>b"),
      `<!DOCTYPE xml>${body}`,
      body.slice(0, -1),
      `${body}x`,
      body.replace("</xml>", "<MsgType>text</MsgType></xml>"),
    ];
    for (const xml of others) assert.equal(parseEnvelope(xml), undefined);
  });
});

const REFUSED_JSON: Record<string, string> = {
  "an array": "[1]",
  "a text": '"a"',
  nothing: "",
  "the same name twice": '{"a":1,"a":2}',
  "the same name twice, once null": '{"a":null,"a":2}',
  __proto__: '{"__proto__":{"a":1}}',
  "__proto__ in disguise": '{"\\u005f_proto__":{"a":1}}',
  "a comma too many": '{"a":1,}',
  "text after the end": '{"a":1}x',
  "a number with a leading zero": '{"a":01}',
  "an unclosed text": '{"a":"b}',
  "many open quotes": `{"a":${'"\\"'.repeat(50_000)}`,
  "a bare word": '{"a":undefined}',
  "a control character": '{"a":"\u0001"}',
  "an unknown escape": '{"a":"\\x"}',
  "a NUL by number": '{"a":"a\\u0000b"}',
  "nine levels": `${'{"a":'.repeat(10)}1${"}".repeat(10)}`,
  "30,000 levels": `${"[".repeat(30_000)}`,
  "too many values": `{"List":[${"1,".repeat(1_001)}1]}`,
};

describe("JSON bodies", () => {
  for (const [name, json] of Object.entries(REFUSED_JSON))
    it(`refuses ${name}`, () => {
      assert.throws(() => parseJson(json), malformed);
    });

  it("keeps numbers as they were written, so that no MsgId is rounded", () => {
    const fields = parseJson(' { "MsgId" : 6054768590064713728 , "x":-1.50e2,"t":true,"n":null,"s":"6\\"0\\u4f60"} ');
    assert.deepEqual({ ...fields }, { MsgId: "6054768590064713728", x: "-1.50e2", t: "true", n: "", s: '6"0你' });
  });

  it("makes the same shape as XML of a list, one or many", () => {
    assert.equal(JSON.stringify(parseJson('{"E":{"List":{"a":1}}}')), '{"E":{"List":[{"a":"1"}]}}');
    assert.equal(JSON.stringify(parseJson('{"E":{"List":[{"a":1},{"a":2}]}}')), '{"E":{"List":[{"a":"1"},{"a":"2"}]}}');
  });
});
