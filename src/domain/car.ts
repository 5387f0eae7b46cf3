/** Whose car it is: only the insured may claim. `unknown`: it was not said. */
export const CAR_OWNERS = ["driver", "other_person", "organisation", "unknown"] as const;
export type CarOwner = (typeof CAR_OWNERS)[number];

/** What the car is used for; cover may depend on it. `unknown`: it was not said. */
export const CAR_USES = ["private", "business", "rental", "ride_hailing", "taxi", "goods", "other", "unknown"] as const;
export type CarUse = (typeof CAR_USES)[number];

/** What the driver said of both; what was not said is left out. */
export interface CarSaid {
  owner?: Exclude<CarOwner, "unknown">;
  use?: Exclude<CarUse, "unknown">;
}

/** One tap says both, or one of them; the last two ask for the rest. */
const ANSWERS = {
  own: { owner: "driver", use: "private" },
  family: { owner: "other_person", use: "private" },
  company: { owner: "organisation", use: "business" },
  rental: { owner: "organisation", use: "rental" },
  hailing: { use: "ride_hailing" },
  other: {},
} as const satisfies Record<string, CarSaid>;
export type CarAnswer = keyof typeof ANSWERS;
export const CAR_ANSWERS = Object.keys(ANSWERS) as readonly CarAnswer[];

/** Owners and uses that are asked for where the answer leaves them open. */
export const ASKED_OWNERS = ["driver", "other_person", "organisation"] as const;
export const ASKED_USES = ["taxi", "goods", "other"] as const;

/** The question's fields: an answer, and what it leaves open. */
export interface CarFields {
  car?: CarAnswer;
  carOwner?: (typeof ASKED_OWNERS)[number];
  carUse?: (typeof ASKED_USES)[number];
}

/** What the fields say. A further answer counts only where the first left it open. */
export function carSaid({ car, carOwner, carUse }: CarFields): CarSaid {
  if (car === undefined) return {};
  const said: CarSaid = ANSWERS[car];
  const owner = said.owner ?? carOwner;
  const use = said.use ?? (car === "other" ? carUse : undefined);
  return { ...(owner && { owner }), ...(use && { use }) };
}

/** The fields that say this. */
export function carFields({ owner, use }: CarSaid): CarFields {
  if (owner === undefined && use === undefined) return {};
  const both = CAR_ANSWERS.find((car) => {
    const said: CarSaid = ANSWERS[car];
    return said.owner === owner && said.use === use;
  });
  if (both && both !== "other") return { car: both };
  const carUse = ASKED_USES.find((one) => one === use);
  return {
    car: use === "ride_hailing" ? "hailing" : "other",
    ...(owner && { carOwner: owner }),
    ...(carUse && { carUse }),
  };
}

/** What to do about it: tell the owner, the company or the rental firm, or tell the insurer the use. */
export type CarAdvice = "owner" | "company" | "rental" | "commercial";

const COMMERCIAL: readonly CarUse[] = ["ride_hailing", "taxi", "goods"];

/**
 * The insured claims (Compulsory Insurance Regulations art. 28); cover may depend on the use (Insurance Law
 * art. 52).
 */
export function carAdvice({ owner, use }: CarSaid): CarAdvice[] {
  const advice: CarAdvice[] = [];
  if (owner === "other_person") advice.push("owner");
  if (owner === "organisation") advice.push(use === "rental" ? "rental" : "company");
  if (use && COMMERCIAL.includes(use)) advice.push("commercial");
  return advice;
}
