import type { Accident, Position } from "./accident.ts";
import { isDetermined, isDisagreement, waitingForOfficer } from "./dispute.ts";
import type { Catalogue } from "./liability.ts";
import { type FindingCode, isStored } from "./photo.ts";
import { plateDoubts } from "./photo-plates.ts";

/** States by which a case is searched. */
export const CASE_STATES = ["running", "disputed", "determined", "settled", "ended"] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** What the pictures of a case may raise; a flag decides nothing. */
export const FLAGS = ["same-picture", "plate-differs", "taken-otherwise", "screenshot"] as const;
export type Flag = (typeof FLAGS)[number];

/** Findings of pictures that raise a flag; a plate that differs is told by the case as a whole. */
const RAISES: Partial<Record<FindingCode, Flag>> = {
  "same-picture": "same-picture",
  "seen-before": "same-picture",
  "taken-earlier": "taken-otherwise",
  "taken-elsewhere": "taken-otherwise",
  screenshot: "screenshot",
  screen: "screenshot",
};

/** By what a case is searched beside its numbers and names. */
export interface Facets {
  /** code; null: not known */
  district: string | null;
  /** of the position; null: there is none */
  cell: string | null;
  state: CaseState;
  flags: Flag[];
}

/** What is searched for; what is left out may be anything. */
export interface Sought {
  district?: string;
  cell?: string;
  state?: CaseState;
  flag?: Flag;
  /** as documents carry it (`checkName`) */
  name?: string;
}

/** Degrees of a grid cell's sides: about 500 m at Shanghai's latitude. */
const CELL_LAT = 0.0045;
const CELL_LNG = 0.005;

/**
 * Code of the grid cell, such as "6940-24295": whole cells north of the equator and east of Greenwich. Of the
 * position as it was sent, GCJ-02 from WeChat's map or WGS-84 from the phone: for one place the two are some
 * 500 m apart, so cases of one spot may lie in neighbouring cells.
 */
export const cellOf = ({ lat, lng }: Pick<Position, "lat" | "lng">): string =>
  `${Math.floor(lat / CELL_LAT)}-${Math.floor(lng / CELL_LNG)}`;

export function flagsOf(accident: Pick<Accident, "photos" | "parties">): Flag[] {
  const codes = accident.photos.filter(isStored).flatMap(({ findings }) => findings.map(({ code }) => code));
  const raised = new Set(codes.map((code) => RAISES[code]));
  if (plateDoubts(accident).length > 0) raised.add("plate-differs");
  return FLAGS.filter((flag) => raised.has(flag));
}

export function caseStateOf(accident: Accident, catalogue: Catalogue): CaseState {
  if (isDetermined(accident)) return "determined";
  if (accident.concludedAt) return "settled";
  if (accident.ended) return "ended";
  return isDisagreement(accident, catalogue) || waitingForOfficer(accident) ? "disputed" : "running";
}

export function facetsOf(accident: Accident, catalogue: Catalogue): Facets {
  const { A, B } = accident.scene.positions;
  const position = A ?? B;
  return {
    district: accident.district,
    cell: position && cellOf(position),
    state: caseStateOf(accident, catalogue),
    flags: flagsOf(accident),
  };
}

const namesOf = ({ parties: { A, B } }: Pick<Accident, "parties">): string[] => [
  ...new Set([A, B].flatMap((party) => (party?.details ? [party.details.name] : []))),
];

/** The one key under which all that is sought is listed, the newest first; `isSought` tells the rest. */
export function searchKey({ name, district, cell, state, flag }: Sought): string {
  const inDistrict = district !== undefined ? `district ${district}` : "anywhere";
  if (name !== undefined) return `name ${name} ${inDistrict}`;
  const place = cell !== undefined ? `cell ${cell}` : inDistrict;
  return `${place} ${state ?? "any"} ${flag ?? "any"}`;
}

/** Keys under which a case is listed: each combination of place, state and flag, and of name and district. */
export function searchKeys(accident: Accident, catalogue: Catalogue): string[] {
  const { district, cell, state, flags } = facetsOf(accident, catalogue);
  const districts = [{}, ...(district === null ? [] : [{ district }])];
  const places = [...districts, ...(cell === null ? [] : [{ cell }])];
  const states = [{}, { state }];
  const raised = [{}, ...flags.map((flag) => ({ flag }))];
  const combined = places.flatMap((place) =>
    states.flatMap((inState) => raised.map((flag) => searchKey({ ...place, ...inState, ...flag }))),
  );
  const named = namesOf(accident).flatMap((name) => districts.map((place) => searchKey({ name, ...place })));
  return [...combined, ...named];
}

/** Whether the case is among what is sought. */
export function isSought(accident: Accident, sought: Sought, catalogue: Catalogue): boolean {
  const { district, cell, state, flags } = facetsOf(accident, catalogue);
  const fits = (wanted: string | undefined, has: readonly (string | null)[]) =>
    wanted === undefined || has.includes(wanted);
  return (
    fits(sought.district, [district]) &&
    fits(sought.cell, [cell]) &&
    fits(sought.state, [state]) &&
    fits(sought.flag, flags) &&
    fits(sought.name, namesOf(accident))
  );
}
