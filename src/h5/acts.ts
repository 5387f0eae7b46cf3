import type { Config } from "../config.ts";
import { type Act, NO_ACT } from "../domain/liability.ts";

/** Number of drawings shown at once; the rest unfolds. Nine fill three rows of a narrow phone. */
const SHOWN = 9;

export interface ActTiles {
  first: Act[];
  more: Act[];
  moreIds: string[];
}

/** The faults of the catalogue as tiles, the most frequent first. */
export function actTiles(config: Config): ActTiles {
  const { catalogue } = config.rules;
  const acts = catalogue.acts.filter((act) => act.id !== NO_ACT);
  const more = acts.slice(SHOWN);
  return { first: acts.slice(0, SHOWN), more, moreIds: more.map((act) => act.id) };
}
