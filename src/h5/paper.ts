import type { PartyPage } from "./page.ts";

/** The agreement to look at: both pages, to enlarge, to keep and to pass on. */
export const paperPage: PartyPage = {
  path: "paper",
  template: "h5/paper.njk",
  openWith: ["done"],
};
