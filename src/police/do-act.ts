import { actOnDispute } from "../actions/act-on-dispute.ts";
import type { AccessAct } from "../domain/access.ts";
import type { Handler } from "../domain/dispute.ts";
import type { Desk, DisputeAct } from "../domain/dispute-act.ts";
import { Conflict } from "../errors.ts";
import { openCase } from "./case-page.ts";
import { officerNames } from "./officer-names.ts";
import type { DeskRequest } from "./page.ts";

export const deskOf = ({ officer: { id, role, district } }: Pick<DeskRequest, "officer">): Desk => ({
  officerId: id,
  role,
  district,
});

/**
 * Does one act of this officer on the case of the path and returns the way back to its file. Throws Conflict
 * "taken-by" with the name of whoever has the case.
 */
export async function doAct(request: DeskRequest, logged: AccessAct, actBy: (by: Desk) => DisputeAct): Promise<string> {
  const accident = await openCase(request);
  await request.log({ act: logged, accidentId: accident.id });
  await namingHandler(request, () => actOnDispute(request.ctx, accident.id, actBy(deskOf(request))));
  return `/police/cases/${accident.id}`;
}

/** Runs an act; whoever comes second is told who has the case. */
export async function namingHandler<T>(request: DeskRequest, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Conflict) || error.code !== "taken") throw error;
    const { officerId } = error.details["handler"] as Handler;
    const nameOf = await officerNames(request, [officerId]);
    throw new Conflict("taken-by", { who: nameOf(officerId) });
  }
}
