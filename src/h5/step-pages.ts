import type { Step } from "../domain/journey.ts";
import { admissionPage, admitPage } from "./admit.ts";
import { decisionPage } from "./decision.ts";
import { detailsPage } from "./details.ts";
import { differencePage } from "./difference.ts";
import { donePage } from "./done.ts";
import { endedPage } from "./ended.ts";
import { evidencePage } from "./evidence.ts";
import { invitePage } from "./invite.ts";
import { letterPage } from "./letter.ts";
import { movePage } from "./move.ts";
import type { AnyStepPage } from "./page.ts";
import { photosPage } from "./photos.ts";
import { placePage } from "./place.ts";
import { signPage } from "./sign.ts";
import { statementPage } from "./statement.ts";
import { waitPage } from "./wait.ts";

/** The page of each step, at /h5/accidents/:id/STEP. */
export const STEP_PAGES: Readonly<Record<Step, AnyStepPage | null>> = {
  // begun and joined before the case is there for this driver: start.ts, join.ts
  safety: null,
  join: null,
  admission: admissionPage,
  photos: photosPage,
  move: movePage,
  place: placePage,
  details: detailsPage,
  statement: statementPage,
  admit: admitPage,
  invite: invitePage,
  "wait-statement": waitPage("wait-statement"),
  difference: differencePage,
  "wait-details": waitPage("wait-details"),
  evidence: evidencePage,
  decision: decisionPage,
  letter: letterPage,
  sign: signPage,
  "wait-signature": waitPage("wait-signature"),
  done: donePage,
  ended: endedPage,
};
