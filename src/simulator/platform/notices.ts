import { randomInt } from "node:crypto";
import type Router from "@koa/router";
import type { Context } from "koa";
import { child, isObject, type Json, readJsonBody, text } from "./body.ts";
import type { People, Person } from "./people.ts";
import { Refusal } from "./refusal.ts";
import type { WireBody } from "./wire.ts";

/** The service's own fields, in the form in which an account writes them. */
const TEMPLATE_TEXT = "{{character_string1.DATA}}\n{{thing2.DATA}}\n{{time3.DATA}}";
const REPEAT_MS = 10 * 60_000;

/** Reports later, as the platform does, what became of a notice. */
export type Report = (person: Person, event: WireBody) => void;

export interface NoticeOptions {
  people: People;
  now: () => number;
  report: Report;
  /** Ids that exist on the account; null: any. */
  templates: readonly string[] | null;
}

/** Template messages and subscription notices. */
export function noticeRoutes(router: Router, { people, now, report, templates }: NoticeOptions): void {
  const sent = new Map<string, { at: number; msgId: string }>();

  function read(order: Json): { templateId: string; fields: Record<string, string> } {
    const templateId = text(order["template_id"]);
    if (templateId === "" || (templates && !templates.includes(templateId))) {
      throw new Refusal(40037, "invalid template_id");
    }
    return { templateId, fields: fieldsOf(child(order["data"])) };
  }

  const known = (templates ?? []).map((id) => ({ id, title: id, content: TEMPLATE_TEXT, example: "" }));
  router.get("/cgi-bin/template/get_all_private_template", (ctx) => {
    ctx.body = { template_list: known.map(({ id, ...template }) => ({ template_id: id, ...template })) };
  });
  router.get("/wxaapi/newtmpl/gettemplate", (ctx) => {
    ctx.body = { errcode: 0, errmsg: "ok", data: known.map(({ id, ...template }) => ({ priTmplId: id, ...template })) };
  });

  router.post("/cgi-bin/message/template/send", async (ctx) => {
    const order = await readJsonBody(ctx);
    const person = people.get(order["touser"]);
    const { templateId, fields } = read(order);
    if (!person.follows) throw new Refusal(43004, "require subscribe");
    const clientId = text(order["client_msg_id"]);
    for (const [key, { at }] of sent) if (now() - at >= REPEAT_MS) sent.delete(key);
    const before = clientId && sent.get(`${person.openid} ${clientId}`);
    if (before) return answer(ctx, before.msgId);

    const msgId = newMsgId();
    if (clientId) sent.set(`${person.openid} ${clientId}`, { at: now(), msgId });
    if (!person.blocks) {
      const url = text(order["url"]);
      people.write(person, { from: "account", via: "template", kind: "template", title: templateId, url, fields });
    }
    report(person, {
      Event: "TEMPLATESENDJOBFINISH",
      MsgID: BigInt(msgId),
      Status: person.blocks ? "failed:user block" : "success",
    });
    return answer(ctx, msgId);
  });

  router.post("/cgi-bin/message/subscribe/bizsend", async (ctx) => {
    const order = await readJsonBody(ctx);
    const person = people.get(order["touser"]);
    const { templateId: TemplateId, fields } = read(order);
    const consents = person.consents.get(TemplateId) ?? 0;
    if (consents < 1) throw new Refusal(43101, "user refuse to accept the msg");
    person.consents.set(TemplateId, consents - 1);
    const msgId = newMsgId();
    const page = text(order["page"]);
    people.write(person, {
      ...{ from: "account", via: "subscription", kind: "template" },
      ...{ title: TemplateId, url: page, fields },
    });
    const sentEvent = { TemplateId, MsgID: BigInt(msgId), ErrorCode: 0, ErrorStatus: "success" };
    report(person, { Event: "subscribe_msg_sent_event", SubscribeMsgSentEvent: { List: sentEvent } });
    return answer(ctx, msgId);
  });
}

// The id is a bare 64-bit integer in the JSON, which JSON.stringify cannot write.
function answer(ctx: Context, msgId: string): void {
  ctx.type = "application/json";
  ctx.body = `{"errcode":0,"errmsg":"ok","msgid":${msgId}}`;
}

function newMsgId(): string {
  return `32${String(randomInt(1e8, 1e9))}${String(randomInt(1e7, 1e8))}`;
}

const LIMITS: ReadonlyArray<readonly [field: RegExp, value: RegExp]> = [
  [/^thing\d*$/, /^.{1,20}$/su],
  [/^character_string\d*$/, /^[\x20-\x7e]{1,32}$/],
  [/^phrase\d*$/, /^\p{Script=Han}{1,5}$/u],
  [/^(time|date)\d*$/, /^\d{4}[-年]\d{1,2}[-月]\d{1,2}日?( \d{1,2}:\d{2}(:\d{2})?)?$/],
  [/^number\d*$/, /^\d{1,32}$/],
  [/^phone_number\d*$/, /^[\d+-]{1,17}$/],
  [/^car_number\d*$/, /^.{1,8}$/u],
  [/^const\d*$/, /^.{1,20}$/su],
];

function fieldsOf(data: Json): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [field, holder] of Object.entries(data)) {
    const value = isObject(holder) ? text(holder["value"]) : "";
    const limit = LIMITS.find(([name]) => name.test(field))?.[1];
    if (value === "" || (limit && !limit.test(value))) {
      throw new Refusal(47003, `argument invalid! data.${field}.value invalid`);
    }
    fields[field] = value;
  }
  return fields;
}
