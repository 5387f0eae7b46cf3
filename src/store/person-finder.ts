import type { Connection } from "mongoose";
import { type Accident, isRunning, type Person } from "../domain/accident.ts";
import { Unreadable } from "../errors.ts";
import type { AccidentDocument } from "./accident-document.ts";
import type { AccidentReader } from "./accident-reader.ts";
import { allCases, latestCases } from "./latest-cases.ts";

type Listed = Pick<Person, "id" | "cases">;

/** cases of one person, the latest, of which one may run */
const CURRENT_AMONG = 10;

/** Finds the accidents of a person. */
export function createPersonFinder(connection: Connection, reader: AccidentReader) {
  const latestOf = latestCases(connection);
  const allOf = allCases(connection);
  /** An unreadable one was logged when it was read. */
  const readable = (document: AccidentDocument): Accident[] => {
    try {
      return [reader.read(document)];
    } catch (error) {
      if (error instanceof Unreadable) return [];
      throw error;
    }
  };
  const findByPerson = async (person: Listed): Promise<Accident | null> => {
    const latest = await latestOf(person);
    return latest && reader.read(latest);
  };
  return {
    findByPerson,
    async findCurrent(person: Listed): Promise<Accident | null> {
      const latest = await findByPerson(person);
      if (!latest || isRunning(latest) || (person.cases && person.cases.length < 2)) return latest;
      // an earlier one may have been taken up again
      return (await allOf(person, CURRENT_AMONG)).flatMap(readable).find(isRunning) ?? latest;
    },
    async listByPerson(person: Listed, limit: number): Promise<Accident[]> {
      return (await allOf(person, limit)).flatMap(readable);
    },
  };
}
