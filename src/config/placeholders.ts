import type { Config } from "../config.ts";
import { PUBLIC_LINES } from "./settings-of-place.ts";

const isExampleText = (text: string | null): boolean => text !== null && /示例|测试|\bexample\b/i.test(text);
const isExampleHost = (host: string): boolean => /(^|\.)(example|example\.(com|net|org|cn)|test|invalid)$/.test(host);

function isExamplePhone(text: string): boolean {
  const digits = text.replaceAll(/\D/g, "");
  return PUBLIC_LINES.has(digits) || /(\d)\1{6}|1234567/.test(digits);
}

/** Lists the settings, by name, that still have an example's value: nobody is reached there. */
export function placeholdersIn(config: Config): string[] {
  const { operator, operatorPhone, publicUrl, insurers, police } = config;
  const hostOf = (url: string) => new URL(url).hostname;
  const found: [name: string, isExample: boolean][] = [
    ["PUBLIC_URL", isExampleHost(hostOf(publicUrl))],
    ["OPERATOR_NAME", isExampleText(operator.name)],
    ["OPERATOR_ADDRESS", isExampleText(operator.address)],
    ["OPERATOR_EMAIL", isExampleHost(operator.email?.split("@").at(-1) ?? "")],
    ["OPERATOR_PHONE", isExamplePhone(operatorPhone)],
    ...insurers.map(({ code, url }): [string, boolean] => [
      `insurers.${code}.url`,
      url !== null && isExampleHost(hostOf(url)),
    ]),
    ["police.authority.name", police.enabled && isExampleText(police.authority.name)],
    ["police.authority.code", police.enabled && /^0+$/.test(police.authority.code)],
  ];
  return found.filter(([, isExample]) => isExample).map(([name]) => name);
}
