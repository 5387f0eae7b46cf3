import { addWorkingDays, LETTER_DAYS, SERVICE_DAYS, type WorkingCalendar } from "./working-days.ts";

/** Last moments of times that the law counts in working days (Order 146 arts. 24, 65). */
export interface LawfulTimes {
  /** until when a letter is due whose application was first taken at this time */
  letterDue(takenAt: Date): Date;
  /** until when a letter of this time has to be served */
  serviceDue(issuedAt: Date): Date;
}

export const lawfulTimes = ({ calendar }: { calendar: WorkingCalendar }): LawfulTimes => ({
  letterDue: (takenAt) => addWorkingDays(takenAt, LETTER_DAYS, calendar).until,
  serviceDue: (issuedAt) => addWorkingDays(issuedAt, SERVICE_DAYS, calendar).until,
});
