import type { Accident, Degree, Details, ImpactPoint, Letter, Position, Weather } from "./accident.ts";
import type { CarSaid } from "./car.ts";
import type { IdKind } from "./id-kind.ts";
import { type Catalogue, compareStatements, findAct } from "./liability.ts";

/** Everything that Order 146 art. 21 requires of the agreement, as codes; templates supply the words. */
export interface AgreementContent {
  number: string;
  occurredAt: Date;
  address: string;
  /** of driver A's phone, which took the photographs */
  position: Position | null;
  /** of driver B's phone; left out where it is unknown */
  positionOfB?: Position;
  weather: Weather;
  /** a driver's word; left out where the weather has one of ours */
  weatherWord?: string;
  /** 事故形态: categories of the acts that caused it, one or two */
  forms: string[];
  parties: Record<Letter, AgreementParty>;
}

export interface AgreementParty {
  name: string;
  idKind: IdKind;
  idNumber: string;
  phone: string;
  vehicleKind: string;
  /** 车辆类型 as read from the vehicle licence */
  vehicleType?: string;
  plate: string;
  insurerCode: string;
  insurerName: string | null;
  /** null: not stated at the scene (当场未提供) */
  policyNumber: string | null;
  impact: ImpactPoint;
  act: string;
  degree: Degree;
  note: string;
}

/** What the agreement holds of a driver's data: whose car it is and what for is no part of it (art. 21). */
export function agreedDetails({ owner: _owner, use: _use, ...agreed }: Details): Omit<Details, keyof CarSaid> {
  return agreed;
}

/** Returns the content to sign, or null while anything of art. 21 is missing or the statements differ. */
export function agreementOf(accident: Accident, catalogue: Catalogue): AgreementContent | null {
  const liability = compareStatements(accident, catalogue);
  const { address, weather, weatherWord, positions, occurredAt } = accident.scene;
  if (liability.kind !== "settled" || !address || !weather || !occurredAt) return null;
  const partyOf = (letter: Letter): AgreementParty | null => {
    const party = accident.parties[letter];
    if (!party?.details || !party.statement) return null;
    return {
      ...agreedDetails(party.details),
      impact: party.statement.impact,
      note: party.statement.note,
      act: liability.actsOf[letter],
      degree: liability.degrees[letter],
    };
  };
  const [a, b] = [partyOf("A"), partyOf("B")];
  if (!a || !b) return null;
  const categories = [a, b]
    .map((party) => findAct(catalogue, party.act)?.category)
    .filter((c) => c !== undefined && c !== "none");
  return {
    number: accident.number,
    occurredAt,
    address,
    position: positions.A,
    ...(positions.B && { positionOfB: positions.B }),
    weather,
    ...(weatherWord !== null && { weatherWord }),
    forms: [...new Set(categories as string[])],
    parties: { A: a, B: b },
  };
}

/**
 * Serialises in one fixed way (sorted keys, UTF-8, dates as ISO 8601 UTC), so that the same content always
 * gives the same bytes to hash and sign.
 */
export function serialise(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(serialise).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([x], [y]) => (x < y ? -1 : 1));
    return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${serialise(v)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** What a keyed digest of the content needs: the vault and the city's rules. */
interface Digesting {
  vault: { digest(key: Uint8Array, text: string): string };
  config: { rules: { catalogue: Catalogue } };
}

/** Returns the keyed digest of what is to be signed; it changes with every word. */
export const contentDigest = ({ vault, config }: Digesting, accident: Accident): string =>
  vault.digest(accident.key, serialise(agreementOf(accident, config.rules.catalogue)));
