import type { View } from "../domain/view.ts";
import type { PageRequest } from "./page.ts";

export interface PlateChoice {
  plate: string;
  from: "photo" | "typed" | "last";
}

/** The plate field as the page begins: filled in, a few plates to choose from, or empty. */
export interface OfferedPlate {
  filled: string | null;
  /** what is filled in was read from the photograph */
  isRead: boolean;
  choices: PlateChoice[];
  chosen: string | null;
}

interface Asked extends Pick<PageRequest, "suggestPlate"> {
  /** of the last time that this driver settled something here */
  lastPlate: string | null;
}

const filled = (plate: string | null, isRead = false): OfferedPlate => ({
  filled: plate,
  isRead,
  choices: [],
  chosen: null,
});

/**
 * A sure reading fills the field, an unsure one is offered. What the driver typed stays; a photograph that
 * shows another plate is named beside it.
 */
export function offeredPlate(view: View, { suggestPlate, lastPlate }: Asked): OfferedPlate {
  const typed = view.me.details?.plate;
  if (typed) {
    const doubt = view.plateDoubts.find(({ party }) => party === view.letter);
    if (!doubt) return filled(typed);
    const choices: PlateChoice[] = [
      { plate: typed, from: "typed" },
      { plate: doubt.read, from: "photo" },
    ];
    return { filled: null, isRead: false, choices, chosen: typed };
  }
  const suggestion = suggestPlate(lastPlate);
  if (!suggestion) return filled(null);
  if (suggestion.sure) return filled(suggestion.plate, suggestion.photoId !== null);
  const choices = suggestion.choices.map(
    (plate): PlateChoice => ({ plate, from: plate === lastPlate ? "last" : "photo" }),
  );
  return { filled: null, isRead: false, choices, chosen: null };
}
