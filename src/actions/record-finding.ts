import type { Context } from "../context.ts";
import { type CaseFinding, type Draw, mayJudge } from "../domain/audit.ts";
import type { Officer } from "../domain/officer.ts";
import { Conflict } from "../errors.ts";

export interface RecordFinding extends Pick<CaseFinding, "finding" | "note" | "followUp"> {
  officer: Officer;
  address: string;
  draw: Draw;
  accidentId: string;
  /** of the finding that was on the officer's screen; 0: there was none */
  revision: number;
}

/**
 * Records what was found of a drawn case; the case says so in its events, and nothing else of it changes.
 * Throws Conflict "own-case" to whoever has handled it, "finding-changed" where somebody else has written
 * meanwhile.
 */
export async function recordFinding(ctx: Context, input: RecordFinding): Promise<void> {
  const { officer, address, draw, accidentId, revision, finding, note, followUp } = input;
  if (!mayJudge(await ctx.accidents.get(accidentId), officer.id)) throw new Conflict("own-case");
  const current = await ctx.audits.findFinding(draw.id, accidentId);
  if ((current?.revision ?? 0) !== revision) throw new Conflict("finding-changed");
  await ctx.accessLog.add({ officerId: officer.id, address, act: "wrote-finding", accidentId, reason: "audit" });
  const written = revision + 1;
  const data = { draw: draw.id, revision: written, finding };
  await ctx.accidents.change(accidentId, (accident) => {
    const isThere = accident.events.some(
      ({ type, data: { draw: id, revision: which } }) =>
        type === "audit-finding-recorded" && id === data.draw && which === written,
    );
    return isThere
      ? null
      : { accident, events: [{ type: "audit-finding-recorded", by: `officer:${officer.id}`, data }] };
  });
  const at = ctx.clock.now();
  const kept = { drawId: draw.id, accidentId, finding, note, followUp, officerId: officer.id, at, revision: written };
  if (!(await ctx.audits.record(kept))) throw new Conflict("finding-changed");
}
