import type { mongo } from "mongoose";
import type { Person } from "../domain/accident.ts";
import { unlessThere } from "./duplicate.ts";
import type { Guests } from "./guests.ts";
import { hourOf } from "./people-seen.ts";
import { type Openings, openedBy } from "./people-windows.ts";
import type { PersonCases } from "./person-cases.ts";
import type { PersonDocument } from "./person-document.ts";
import { repeatable } from "./repeat.ts";
import { placeIn } from "./shapes.ts";
import type { Vault } from "./vault.ts";

export interface AdmissionOptions {
  people: mongo.Collection<PersonDocument>;
  guests: Guests;
  vault: Vault;
  now(): Date;
  openings: Openings;
  personCases: Pick<PersonCases, "restore" | "list">;
}

/** The step from guest to person, which consent to the privacy notice makes. */
export function createAdmission({ people, guests, vault, now, openings, personCases }: AdmissionOptions) {
  type Admitted = Pick<Person, "id" | "openid" | "language">;
  const keep = async ({ id: _id, openid, language }: Admitted, given: { choseLanguage?: true }): Promise<void> => {
    const guest = await guests.find(_id);
    const $setOnInsert = {
      sealedOpenid: vault.sealOwn(placeIn("people", _id, "openid"), openid),
      language,
      ...given,
      seenAt: hourOf(now()),
      ...(guest?.windows && { windows: guest.windows }),
    };
    await repeatable(() => people.updateOne({ _id }, { $setOnInsert }, { upsert: true })).catch(unlessThere);
    await personCases.restore(_id);
    await guests.forget(_id);
  };
  return {
    // the language of the page on which they agreed is theirs, whatever a phone asks for later
    admit: (person: Admitted) => keep(person, { choseLanguage: true }),
    /** Meets somebody of whom nothing is stored; notes only until when the platform lets us answer. */
    async greet({ id, openid, by }: { id: string; openid: string; by: string | undefined }): Promise<Person> {
      const opened = openedBy(openings, by, now());
      const cases = await personCases.list(id);
      const guest: Person = { id, openid, language: "zh", cases };
      if (cases.length === 0) {
        await guests.note(id, opened, now());
        return { ...guest, isGuest: true };
      }
      // Whoever has a case had agreed, and was forgotten for long absence.
      await keep(guest, {});
      await people.updateOne({ _id: id }, { $set: { seenAt: hourOf(now()), ...opened } });
      return guest;
    },
  };
}
