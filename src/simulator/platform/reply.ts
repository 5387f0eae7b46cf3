import type { Account } from "./account.ts";
import type { ChatLine } from "./people.ts";
import { sign, unseal } from "./sealing.ts";
import { childOf, childrenOf, type Node, parseJson, parseXml, textOf } from "./wire.ts";

type Line = Pick<ChatLine, "kind"> & Partial<ChatLine>;

/** Nothing to show; something to show; or invalid for the platform. */
export type Reply = { kind: "none" } | { kind: "line"; line: Line } | { kind: "garbage"; why: string };

const garbage = (why: string): Reply => ({ kind: "garbage", why });

/**
 * Reads the app's answer to a push, strictly where the platform is strict: it shows its apology otherwise.
 */
export function readReply(account: Account, to: string, answer: string): Reply {
  if (answer === "" || answer === "success") return { kind: "none" };
  const parse = account.format === "json" ? parseJson : parseXml;
  let node = parse(answer);
  if (!node) return garbage("not well formed");
  const sealed = textOf(node, "Encrypt");
  if (sealed) {
    const opened = openReply(account, node, sealed);
    if (typeof opened !== "string") return garbage("seal or signature is wrong");
    node = parse(opened);
    if (!node) return garbage("not well formed inside");
  } else if (account.mode === "safe") {
    return garbage("safe mode, but the reply is open");
  }
  if (textOf(node, "ToUserName") !== to) return garbage("to somebody else");
  if (textOf(node, "FromUserName") !== account.account) return garbage("from another account");
  if (!/^\d{1,12}$/.test(textOf(node, "CreateTime"))) return garbage("no time");
  const type = textOf(node, "MsgType");
  const read = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const line = read?.(node);
  if (line === undefined) return garbage("unknown or empty message");
  return line === null ? { kind: "none" } : { kind: "line", line };
}

function openReply(account: Account, node: Node, sealed: string): string | null {
  const signature = sign(account.token, textOf(node, "TimeStamp"), textOf(node, "Nonce"), sealed);
  return signature === textOf(node, "MsgSignature") ? unseal(account, sealed) : null;
}

const KINDS: Readonly<Record<string, (node: Node) => Line | null | undefined>> = {
  text(node) {
    const text = textOf(node, "Content");
    return text === "" ? undefined : { kind: "text", text };
  },
  image(node) {
    const mediaId = textOf(childOf(node, "Image"), "MediaId");
    return mediaId === "" ? undefined : { kind: "image", mediaId };
  },
  news(node) {
    const items = childrenOf(childOf(node, "Articles"), "item");
    if (items.length === 0 || items.length !== Number(textOf(node, "ArticleCount"))) return undefined;
    const articles = items.map((item) => ({
      title: textOf(item, "Title"),
      description: textOf(item, "Description"),
      url: textOf(item, "Url"),
      picUrl: textOf(item, "PicUrl"),
    }));
    return { kind: "news", articles };
  },
  transfer_customer_service: () => null,
};
