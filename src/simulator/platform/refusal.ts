import { randomBytes } from "node:crypto";

/** A refusal of the platform: becomes `{errcode, errmsg}` with HTTP 200, as always there. */
export class Refusal extends Error {
  readonly errcode: number;

  constructor(errcode: number, text: string) {
    super(text);
    this.errcode = errcode;
  }

  body(): { errcode: number; errmsg: string } {
    return { errcode: this.errcode, errmsg: `${this.message} rid: ${rid()}` };
  }
}

export const OK = { errcode: 0, errmsg: "ok" };

function rid(): string {
  const hex = randomBytes(12).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 16)}-${hex.slice(16)}`;
}
