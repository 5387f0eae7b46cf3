import Joi from "joi";
import { setting, type Words } from "./setting.ts";

const years = (otherwise: Words, production?: Words) =>
  setting<number>({
    schema: Joi.number().integer().min(1).max(30).default(3),
    otherwise,
    ...(production && { production }),
  });

/** How long each class of data is kept. */
export const RETENTION = {
  retention: {
    caseYears: years(
      {
        en: "{default}: years after its last event for which a case with an agreement or a determination letter is kept",
        zh: "{default}：已达成协议或出具认定书的事故，自最后一次记录起保存的年数",
      },
      {
        en: "not below 3: claims (Insurance Law art. 26, Civil Code art. 188), records of what was given to insurers (Network Data Regulations art. 12)",
        zh: "不低于 3：索赔时效（《保险法》第二十六条、《民法典》第一百八十八条），向保险公司提供信息的记录（《网络数据安全管理条例》第十二条）",
      },
    ),
    endedYears: years(
      {
        en: "{default}: the same for a case that ended without either",
        zh: "{default}：未达成协议即结束的事故，保存的年数",
      },
      {
        en: "as short as your purpose allows (PIPL art. 19)",
        zh: "以实现目的所必需的最短时间为限（《个人信息保护法》第十九条）",
      },
    ),
    personYears: years({
      en: "{default}: years after their last visit for which a driver's id and kept details stay",
      zh: "{default}：驾驶人标识和留存信息，自最后一次使用起保存的年数",
    }),
    accessLogYears: years({
      en: "{default}: years for which rows of the desk's access log stay",
      zh: "{default}：民警工作台访问日志保存的年数",
    }),
  },
};
