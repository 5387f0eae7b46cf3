import type { Accident, Letter, OutboxEntry } from "../domain/accident.ts";

/** What is to be said to a person: a code and parameters, put into words when it is sent, in his language. */
export interface Notice {
  code: string;
  params: Record<string, string | number>;
  accidentId: string;
}

/** The outbox entry that tells one party something about his accident. */
export function notice(accident: Accident, to: Letter, code: string, params: Notice["params"] = {}): OutboxEntry {
  const party = accident.parties[to];
  if (!party) throw new Error(`nobody to tell ${code}`);
  const body: Notice = { code, params: { number: accident.number, ...params }, accidentId: accident.id };
  return { kind: "notice", target: party.identity.personId, body: JSON.stringify(body) };
}
