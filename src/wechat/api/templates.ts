import Joi from "joi";
import type { Caller } from "./caller.ts";

/** A template of the account: its id, and its text with the fields as `{{thing2.DATA}}`. */
export interface Template {
  id: string;
  content: string;
}

export interface Templates {
  /** The account's template messages (模板消息). */
  listTemplates(): Promise<Template[]>;
  /** The account's subscription notices (订阅通知). */
  listSubscriptionTemplates(): Promise<Template[]>;
}

const id = Joi.string().max(128).required();
const content = Joi.string().allow("").max(4_096).default("");
const messages = Joi.object<{ template_list: { template_id: string; content: string }[] }>({
  template_list: Joi.array()
    .items(Joi.object({ template_id: id, content }).unknown())
    .required(),
});
const notices = Joi.object<{ data: { priTmplId: string; content: string }[] }>({
  data: Joi.array()
    .items(Joi.object({ priTmplId: id, content }).unknown())
    .required(),
});

export function createTemplateCalls(caller: Caller): Templates {
  const get = (path: string) => ({ method: "GET", path, onTimeout: "next-host" }) as const;
  return {
    async listTemplates() {
      const answer = await caller.json(get("/cgi-bin/template/get_all_private_template"), messages);
      return answer.template_list.map(({ template_id, content }) => ({ id: template_id, content }));
    },
    async listSubscriptionTemplates() {
      const answer = await caller.json(get("/wxaapi/newtmpl/gettemplate"), notices);
      return answer.data.map(({ priTmplId, content }) => ({ id: priTmplId, content }));
    },
  };
}
