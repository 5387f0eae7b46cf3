import { Unreadable } from "../errors.ts";
import type { DeskRequest } from "./page.ts";

type Asked = Pick<DeskRequest, "ctx" | "officer">;

const placeOf = ({ officer }: Asked) => `desk-text/${officer.id}`;

/** Seals for this account what an address has to hold and what names people; "" stays empty. */
export const sealText = (asked: Asked, text: string): string =>
  text && asked.ctx.vault.sealOwn(placeOf(asked), text).toString("base64url");

/** Opens such a text; null for what is none, or another account's. */
export function openText(asked: Asked, sealed: string): string | null {
  try {
    return asked.ctx.vault.openOwn(placeOf(asked), Buffer.from(sealed, "base64url"));
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
