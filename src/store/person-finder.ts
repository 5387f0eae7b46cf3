import type { Connection } from "mongoose";
import { type Accident, isRunning, type Person } from "../domain/accident.ts";
import type { AccidentReader } from "./accident-reader.ts";
import { allCases, latestCases } from "./latest-cases.ts";

type Listed = Pick<Person, "id" | "cases">;

/** cases of one person, the latest, of which one may run */
const CURRENT_AMONG = 10;

/** Finds the accidents of a person. */
export function createPersonFinder(connection: Connection, reader: AccidentReader) {
  const latestOf = latestCases(connection);
  const allOf = allCases(connection);
  const { readable } = reader;
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
