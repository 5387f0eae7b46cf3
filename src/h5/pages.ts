import { detailsPage } from "./details.ts";
import { differencePage } from "./difference.ts";
import { donePage } from "./done.ts";
import type { StepPage } from "./page.ts";
import { signPage } from "./sign.ts";
import { statementPage } from "./statement.ts";
import { waitPages } from "./waits.ts";

/** The second half of the drivers' way, each a page of its step. */
export const settlePages = [detailsPage, statementPage, differencePage, signPage, ...waitPages, donePage] as StepPage[];
