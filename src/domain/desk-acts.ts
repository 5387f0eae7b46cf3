import { type Accident, isRunning } from "./accident.ts";
import { isAnswered } from "./determination.ts";
import {
  applicationHandler,
  applicationState,
  awaitsSpotLetter,
  guidanceHandler,
  guidanceState,
  type Handler,
  letterOf,
} from "./dispute.ts";
import { APPLICATION_ACTS, GUIDANCE_ACTS } from "./dispute-table.ts";
import { mayDo, type Officer, type Right } from "./officer.ts";
import { holds } from "./recusal.ts";

type OfficerRows<Table> = {
  [Name in keyof Table]: Table[Name] extends { by: "driver" | "system" } ? never : Name;
}[keyof Table];

/** What an officer can do with a case, up to the letter and after it. */
export type OfficerAct =
  | OfficerRows<typeof GUIDANCE_ACTS>
  | OfficerRows<typeof APPLICATION_ACTS>
  | "recuse"
  | "recuse-officer"
  | "replace"
  | "confirm-service"
  | "note-review"
  | "enter-spot-letter"
  | "correct-spot-letter";

type Who = Pick<Officer, "id" | "role">;

/** Lists what this officer can do with the case as it is now; the same table judges the act itself. */
export function possibleActs(accident: Accident, who: Who): OfficerAct[] {
  if (accident.recused.includes(who.id)) return [];
  return [...runningActs(accident, who), ...recusals(accident, who), ...letterActs(accident, who)];
}

/** Whoever reads a case may have to keep away from it, whatever its state; not with it in hand. */
function recusals(accident: Accident, { id, role }: Who): OfficerAct[] {
  return [
    ...(mayDo(role, "read-case") && !holds(accident, id) ? ["recuse" as const] : []),
    ...(mayDo(role, "reassign") ? ["recuse-officer" as const] : []),
  ];
}

function runningActs(accident: Accident, who: Who): OfficerAct[] {
  if (!isRunning(accident)) return [];
  const guidance = guidanceHandler(accident);
  const application = applicationHandler(accident);
  const acts: OfficerAct[] = [
    ...rowsOpen(GUIDANCE_ACTS, { state: guidanceState(accident), handler: guidance, who }),
    ...rowsOpen(APPLICATION_ACTS, { state: applicationState(accident), handler: application, who }),
  ];
  const isOthers = application !== null && application.officerId !== who.id;
  return isOthers ? acts.filter((act) => act !== "take-guidance") : acts;
}

interface Row {
  by: string;
  from: readonly string[];
  isHandlers?: true;
}

function rowsOpen<Table extends Record<string, Row>>(
  table: Table,
  { state, handler, who }: { state: string; handler: Handler | null; who: Who },
): OfficerRows<Table>[] {
  const isMine = handler?.officerId === who.id;
  const open = Object.entries(table).filter(([name, { by, from, isHandlers }]) => {
    if (by === "driver" || by === "system" || !mayDo(who.role, by as Right) || !from.includes(state)) return false;
    // an officer's own case is released, another's is reassigned
    return isHandlers ? isMine : !(name.startsWith("reassign-") && isMine);
  });
  return open.map(([name]) => name as OfficerRows<Table>);
}

function letterActs(accident: Accident, { role }: Who): OfficerAct[] {
  const letter = letterOf(accident);
  const acts: OfficerAct[] = [];
  if (awaitsSpotLetter(accident) && mayDo(role, "determine")) acts.push("enter-spot-letter");
  if (accident.dispute?.spotLetter && mayDo(role, "replace-letter")) acts.push("correct-spot-letter");
  if (!letter || accident.ended) return acts;
  if (mayDo(role, "determine")) {
    if (letter.serviceLateAt && !isAnswered(letter)) acts.push("confirm-service");
    if (letter.served.A || letter.served.B) acts.push("note-review");
  }
  if (mayDo(role, "replace-letter")) acts.push("replace");
  return acts;
}
