/**
 * Names that the layout and the macros ask for on every page, as they stand where a page says nothing of
 * them.
 */
export const UNLESS_TOLD = {
  view: null,
  live: null,
  /** of this driver's signature, when it ceased to count */
  correction: null,
  values: {},
  errors: {},
  formError: "",
  tone: "",
  strip: true,
  waiting: false,
  plainFoot: false,
  draftKey: "",
  /** what a reading of a licence said, on the page that is shown again after it */
  scan: null,
};
