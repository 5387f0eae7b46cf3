import type { Letter } from "../../src/domain/accident.ts";
import { type Driver, fieldValue } from "../h5/settle-driver.ts";
import { DETAILS } from "./drivers.ts";

type Fields = Record<string, string>;

/** The fields of the form for name and car. */
export function detailsFields(letter: Letter) {
  const { name, idKind, idNumber, phone, plate, insurerCode } = DETAILS[letter];
  return {
    ...{ name, idKind, idNumber, phone, insurerCode, insurerName: "", policyNumber: "TYPED20261129" },
    ...{ province: plate.slice(0, 1), serial: plate.slice(1), vehicleKind: "auto" },
  };
}

/** The token against forged posts that stands in the page. */
export const tokenIn = async (driver: Driver, path: string): Promise<string> =>
  fieldValue((await driver.get(path)).html, "_csrf");

/** One press of the button; a phone presses again with the very same fields. */
export async function press({ cookie, urlOf }: Driver, path: string, fields: Fields) {
  const headers = { cookie: `${cookie.name}=${cookie.value}` };
  const answer = await fetch(urlOf(path), {
    method: "POST",
    headers,
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  return { status: answer.status, html: await answer.text() };
}
