import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { LOG_CODES, type LogCode } from "../../src/log-codes.ts";
import { PROJECT } from "./packages.ts";

/** What it means, and what to do; without the second there is nothing to do. */
type Said = [means: string, toDo?: string];

export const LOG_CODES_FILE = join(PROJECT, "docs/log-codes.md");
export const WORDS = parse(readFileSync(join(PROJECT, "docs/log-codes.yaml"), "utf8")) as Record<
  string,
  Record<"zh" | "en", Said>
>;

const HEAD = `# Log codes 日志代码

A line of the log has a code (\`msg\`), its level, and ids to follow it by: \`requestId\` (in the answer's header \`x-request-id\`), \`deliveryId\` (\`npm run deliveries -- list\`), \`accidentId\`, \`personId\`, \`photoId\`; \`number\` is the number of the case. \`code\` is the cause, \`where\` the place in the program. Nothing in it names a person. To report: the whole line.

日志每行有代码（\`msg\`）、级别和追查用的编号：\`requestId\`（应答头 \`x-request-id\`）、\`deliveryId\`（\`npm run deliveries -- list\`）、\`accidentId\`、\`personId\`、\`photoId\`；\`number\` 为事故编号。\`code\` 为原因，\`where\` 为程序位置。日志不含个人信息。报修时提交整行。

| code 代码 | level 级别 | means 含义 | to do 处理 |
| --- | --- | --- | --- |
`;

/** docs/log-codes.md, of the codes in src/log-codes.ts and their words in docs/log-codes.yaml. */
export function logCodesPage(): string {
  const codes = (Object.keys(LOG_CODES) as LogCode[]).sort();
  return `${HEAD}${codes.map(rowOf).join("\n")}\n`;
}

function rowOf(code: LogCode): string {
  const words = WORDS[code];
  if (!words) throw new Error(`docs/log-codes.yaml does not say what ${code} means`);
  const { en, zh } = words;
  const toDo = en[1] && zh[1] ? `${en[1]}<br>${zh[1]}` : "nothing 无";
  return `| \`${code}\` | ${LOG_CODES[code]} | ${en[0]}<br>${zh[0]} | ${toDo} |`;
}
