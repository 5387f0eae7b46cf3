/** An accident that a person has come into, and when. */
export interface CaseOfPerson {
  id: string;
  at: Date;
}
