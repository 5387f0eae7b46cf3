import type { Words } from "../../src/config/setting.ts";
import { defaultOf, ROWS } from "../../src/config/settings.ts";

type Reader = keyof Words;

export const READMES: Record<Reader, string> = { en: "README.md", zh: "README.zh-CN.md" };

const HEADS: Record<Reader, string[]> = {
  en: ["variable", "in a file", "default", "production (`NODE_ENV=production`)"],
  zh: ["环境变量", "文件里的名称", "默认", "生产环境（`NODE_ENV=production`）"],
};

/** No settings of their own: their names stand in the list of insurers. */
const OF_INSURERS: Record<Reader, string[][]> = {
  en: [
    [
      "each insurer's `secretEnv`",
      "",
      "made once, in the simulator only",
      "required: `whsec_` + base64 of 24–64 bytes; several, separated by spaces, while it is being changed: all sign, all verify",
    ],
    [
      "each insurer's `schemaVersion`",
      "",
      "1: version of `claim.submitted` that it reads, 1 or 2",
      "as agreed with the insurer",
    ],
    [
      "each insurer's `allow`",
      "",
      "none: its address is public, https on port 443",
      'the networks in which it lies, as over a leased line (`["10.20.0.0/16"]`): claims then go nowhere else, by https on any port',
    ],
    [
      "each insurer's `caFile`",
      "",
      "none: the system's authorities",
      "PEM of the authority that alone signs its certificate",
    ],
    [
      "each insurer's `promise`",
      "",
      "none: nothing is promised for it",
      "`zh` and `en`: what the insurer has agreed to have told to drivers, such as how soon it calls",
    ],
  ],
  zh: [
    [
      "各保险公司的 `secretEnv`",
      "",
      "仅在模拟器中自动生成一次",
      "必填：`whsec_` 加 24–64 字节的 base64；更换期间可填多个，用空格隔开，都用来签名和验签",
    ],
    ["各保险公司的 `schemaVersion`", "", "1：该公司使用的 `claim.submitted` 版本，1 或 2", "按与该公司的约定填写"],
    [
      "各保险公司的 `allow`",
      "",
      "无：公网地址，https 443 端口",
      '其地址所在的网段，如专线（`["10.20.0.0/16"]`）：报案信息只发往这些网段，https，端口不限',
    ],
    ["各保险公司的 `caFile`", "", "无：系统信任的机构", "唯一可签发其证书的机构，PEM"],
    ["各保险公司的 `promise`", "", "无：不代其作出承诺", "`zh` 和 `en`：该公司同意向驾驶人告知的内容，如多久内来电"],
  ],
};

/** The table of all settings, in Markdown. */
export function settingsTable(reader: Reader): string {
  const rows = ROWS.map((row) => [
    row.variable ? `\`${row.variable}\`` : "",
    `\`${row.path}\``,
    row.otherwise[reader].replace("{default}", defaultOf(row)),
    row.production?.[reader] ?? "",
  ]);
  return [HEADS[reader], HEADS[reader].map(() => "---"), ...rows, ...OF_INSURERS[reader]]
    .map((cells) => `|${cells.map((cell) => (cell ? ` ${cell} ` : " ")).join("|")}|`)
    .join("\n");
}

/** A README with its table of settings renewed: from its heading to the next empty line. */
export function withTable(readme: string, reader: Reader): string {
  const start = readme.indexOf(`| ${HEADS[reader].join(" | ")} |`);
  if (start < 0) throw new Error(`${READMES[reader]} has no table of settings`);
  const end = readme.indexOf("\n\n", start);
  return readme.slice(0, start) + settingsTable(reader) + readme.slice(end);
}
