import type { Mode } from "./insurer/modes.ts";

const PAGE = "<!doctype html><html><head><title>系统维护</title></head><body>系统维护中，请稍后再试</body></html>";

/** Behaviours of an insurer's server that the page can set, by name. */
export const BEHAVIOURS: Readonly<Record<string, Mode>> = {
  normal: { kind: "normal" },
  fails: { kind: "status", status: 500 },
  silent: { kind: "silent" },
  page: { kind: "body", body: PAGE, contentType: "text/html" },
  down: { kind: "down" },
  "ack-lost": { kind: "ack-lost" },
  unsigned: { kind: "status", status: 401 },
  refuses: { kind: "status", status: 422 },
};

/** Returns the name of a behaviour that was set from the page, else its kind. */
export const behaviourOf = (mode: Mode): string =>
  Object.keys(BEHAVIOURS).find((name) => BEHAVIOURS[name] === mode) ?? mode.kind;
