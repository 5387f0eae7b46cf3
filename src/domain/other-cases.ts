import { type Accident, LETTERS, type Letter } from "./accident.ts";
import { HOUR_MS } from "./dispute-limits.ts";
import { isStored } from "./photo.ts";

/** Another case that has a plate or a telephone of this one, or a picture that looks like one of it. */
export interface OtherCase {
  id: string;
  number: string;
  district: string | null;
  /** how many hours lie between the two openings, rounded */
  hoursApart: number;
  /** which of this case's parties are in it again, by what */
  same: { party: Letter; what: "plate" | "phone" | "picture" }[];
}

/** A picture of this case's party that looks like one of another case. */
export interface LikePicture {
  party: Letter;
  accidentId: string;
}

/** The pictures of which it was found, when they came, that one of another case looks like them. */
export const seenBefore = ({ photos }: Pick<Accident, "photos">): { party: Letter; imageHash: string }[] =>
  photos.filter(isStored).flatMap(({ by, imageHash, findings }) => {
    return imageHash && findings.some(({ code }) => code === "seen-before") ? [{ party: by, imageHash }] : [];
  });

/** What one can look for: the plates and telephones of a case. */
export const soughtOf = ({ parties }: Pick<Accident, "parties">): { what: "plate" | "phone"; value: string }[] =>
  LETTERS.flatMap((letter) => {
    const details = parties[letter]?.details;
    return details
      ? [
          { what: "plate" as const, value: details.plate },
          { what: "phone" as const, value: details.phone },
        ]
      : [];
  });

/** Lists the other cases among those found, the nearest in time first. */
export function otherCases(
  accident: Accident,
  found: readonly Accident[],
  pictures: readonly LikePicture[] = [],
): OtherCase[] {
  const others = new Map(found.filter(({ id }) => id !== accident.id).map((one) => [one.id, one]));
  const apart = (one: Accident) => Math.abs(one.openedAt.getTime() - accident.openedAt.getTime());
  return [...others.values()]
    .sort((one, other) => apart(one) - apart(other))
    .map((one) => ({
      id: one.id,
      number: one.number,
      district: one.district,
      hoursApart: Math.round(apart(one) / HOUR_MS),
      same: [...sameOf(accident, one), ...likeOf(one, pictures)],
    }));
}

function likeOf({ id }: Accident, pictures: readonly LikePicture[]): OtherCase["same"] {
  const parties = pictures.filter(({ accidentId }) => accidentId === id).map(({ party }) => party);
  return LETTERS.filter((party) => parties.includes(party)).map((party) => ({ party, what: "picture" }));
}

function sameOf(accident: Accident, other: Accident): OtherCase["same"] {
  const theirs = new Set(soughtOf(other).map(({ what, value }) => `${what} ${value}`));
  return LETTERS.flatMap((party) => {
    const details = accident.parties[party]?.details;
    if (!details) return [];
    return (["plate", "phone"] as const)
      .filter((what) => theirs.has(`${what} ${details[what]}`))
      .map((what) => ({ party, what }));
  });
}
