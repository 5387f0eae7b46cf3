import { Upstream } from "../errors.ts";
import { NOTICE_FIELDS } from "../notices/notice-text.ts";
import type { Menu } from "../wechat/api/menu.ts";
import type { Template } from "../wechat/api/templates.ts";
import { type Check, type Cure, type Finding, type Found, fail, ok, warn } from "./check.ts";
import type { Patient } from "./patient.ts";

/** What the operator does about a refusal; everything else the runbook knows by its errcode. */
const KNOWN: Readonly<Record<string, Found & Cure>> = {
  "wechat-ip-not-listed": "wechat-ip",
  "wechat-credentials": "wechat-credentials",
  "wechat-account-restricted": "wechat-restricted",
  "wechat-not-authorised": "wechat-not-authorised",
  "wechat-unreachable": "wechat-unreachable",
  "wechat-timeout": "wechat-unreachable",
  "wechat-broken": "wechat-unreachable",
  "wechat-http": "wechat-unreachable",
};

/** Tells what the platform refuses, or that it does not answer. */
async function asked(look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Upstream)) throw error;
    const { errcode, ip, reason, status } = error.details;
    const kind = KNOWN[error.code] ?? "wechat-refuses";
    return fail(kind, kind, { code: String(errcode ?? reason ?? status ?? error.code), ip: String(ip ?? "?") });
  }
}

const token = ({ wechat }: Patient) =>
  asked(async () => {
    await wechat.check();
    return ok("wechat-token");
  });

const noticeTemplate = ({ config, wechat }: Patient) =>
  asked(async () => {
    const id = config.wechat.noticeTemplateId;
    if (id === null) return warn("template-none", "template-none", { fields: NOTICE_FIELDS.join(" ") });
    return templateFinding(id, await wechat.listTemplates());
  });

const subscriptionTemplate = ({ config, wechat }: Patient) =>
  asked(async () => {
    const id = config.wechat.subscriptionTemplateId;
    return id === null ? ok("subscription-none") : templateFinding(id, await wechat.listSubscriptionTemplates());
  });

function templateFinding(id: string, templates: readonly Template[]): Finding {
  const template = templates.find((one) => one.id === id);
  if (!template) return fail("template-unknown", "template-unknown", { id });
  const missing = NOTICE_FIELDS.filter((field) => !template.content.includes(`{{${field}.DATA}}`));
  return missing.length > 0
    ? fail("template-fields", "template-fields", { fields: missing.join(" ") })
    : ok("template", { id });
}

const menu = ({ config, wechat }: Patient) =>
  asked(async () => {
    const there = await wechat.getMenu();
    if (!there) return warn("menu-none", "menu");
    return leavesOf(there.button).join() === leavesOf(config.menu.button).join()
      ? ok("menu", { names: config.menu.button.map(({ name }) => name).join(" ") })
      : warn("menu-differs", "menu");
  });

interface Button {
  name: string;
  url?: string;
  key?: string;
  sub_button?: readonly Button[];
}

/** Name and aim of each button; the platform adds empty lists and further fields. */
const leavesOf = (buttons: readonly Button[] | Menu["button"]): string[] =>
  (buttons as readonly Button[]).flatMap(({ name, url, key, sub_button: below = [] }) =>
    below.length > 0 ? [name, ...leavesOf(below)] : [`${name} ${url ?? key}`],
  );

const callback = ({ wechat }: Patient) =>
  asked(async () => {
    const seen = await wechat.checkCallback();
    if (!seen) return fail("callback-none", "callback-none");
    const params = { addresses: seen.addresses.join(" "), silent: seen.silent };
    if (seen.addresses.length === 0) return fail("callback-nowhere", "callback-nowhere");
    return seen.silent > 0 ? warn("callback-silent", "callback-silent", params) : ok("callback", params);
  });

const needs = ["wechat.token"];

export const WECHAT_CHECKS: readonly Check[] = [
  { name: "wechat.token", run: token },
  { name: "wechat.notice-template", needs, run: noticeTemplate },
  { name: "wechat.subscription", needs, run: subscriptionTemplate },
  { name: "wechat.menu", needs, run: menu },
  { name: "wechat.callback", needs, run: callback },
];
