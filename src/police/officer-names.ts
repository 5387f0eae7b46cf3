import type { Officer } from "../domain/officer.ts";
import type { DeskRequest } from "./page.ts";

/** How the desk names an officer: name, number, role; the id where there is no account of it. */
export async function officerNames(
  { ctx, t }: Pick<DeskRequest, "ctx" | "t">,
  ids: readonly (string | null | undefined)[],
): Promise<(id: string | null | undefined) => string> {
  const wanted = [...new Set(ids.filter((id): id is string => typeof id === "string"))];
  const found = await Promise.all(wanted.map((id) => ctx.officers.find(id)));
  const names = new Map(found.flatMap((one) => (one ? [[one.id, nameOf(one, t)] as const] : [])));
  return (id) => names.get(id ?? "") ?? id ?? "";
}

const nameOf = ({ number, name, role }: Officer, t: DeskRequest["t"]): string =>
  `${name} ${number} · ${t(`police.role.${role}`)}`;
