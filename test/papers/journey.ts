import type { Letter } from "../../src/domain/accident.ts";
import { JOURNEY, STEPS, type Step } from "../../src/domain/journey.ts";

export const JOURNEY_FILE = new URL("../../../docs/journey.md", import.meta.url);

const wayOf = (letter: Letter): Step[] =>
  STEPS.filter((step) => !JOURNEY[step].isEnd && ["both", letter].includes(JOURNEY[step].of));

/** Mermaid takes no hyphen in a name before an arrow. */
const nodeOf = (letter: Letter, step: Step): string => `${letter}_${step.replaceAll("-", "_")}`;

function diagramOf(letter: Letter): string[] {
  const way: Step[] = [...wayOf(letter), "done"];
  const lines = way.map((step) => {
    const node = nodeOf(letter, step);
    return JOURNEY[step].waitsFor || JOURNEY[step].isEnd ? `  ${node}(["${step}"])` : `  ${node}["${step}"]`;
  });
  const arrows = way.slice(1).map((next, at) => {
    const step = way[at] as Step;
    return `  ${nodeOf(letter, step)} -->|"${JOURNEY[step].doneWhen}"| ${nodeOf(letter, next)}`;
  });
  return ["```mermaid", "flowchart TD", ...lines, ...arrows, "```"];
}

function rowOf(step: Step): string {
  const { of, doneWhen, opensAt, closesAt, activity, waitsFor, isEnd, isSharedOnceDone } = JOURNEY[step];
  const whose = isSharedOnceDone ? `${of}, corrected by both` : of;
  const done = isEnd && step === "done" ? "nothing follows" : doneWhen;
  const open = isEnd ? "the only page" : `${opensAt ?? "on arrival"} – ${closesAt ?? "left"}`;
  return `| \`${step}\` | ${whose} | ${done} | ${open} | ${activity} | ${waitsFor ?? ""} |`;
}

/** The whole text of docs/journey.md, made from the table of steps. */
export function journeyPage(): string {
  return `${[
    "# The drivers' way",
    "",
    "Written by `npm run journey` from the table in `src/domain/journey.ts`; a test compares the two.",
    "",
    "A driver stands at the first step of theirs that is not done; nobody sets it. The two work at the same time, so a step may be passed at once, and a correction or a difference leads back. From every step a case may go to `ended`: somebody is hurt, the other left, no agreement, withdrawn, or a day without an act. A case that was withdrawn, disputed, left or timed out is taken up again within two hours, with its photographs and entries but without its signatures: at the word of the driver who ended it, or of both; the other driver's agreement makes the end final.",
    "",
    "## Driver A, who opened the case",
    "",
    ...diagramOf("A"),
    "",
    "## Driver B, who joined it",
    "",
    ...diagramOf("B"),
    "",
    "## The steps",
    "",
    "*Page open* names the moments between which the step's page may be seen and what is given there corrected; the actions refuse a correction after the same moment. *The other reads* is a key of the words `activity`. *Waits for* is empty where the driver has something to do.",
    "",
    "| step | whose | done when | page open | the other reads | waits for |",
    "| --- | --- | --- | --- | --- | --- |",
    ...[...STEPS].sort((a, b) => Number(JOURNEY[a].isEnd ?? false) - Number(JOURNEY[b].isEnd ?? false)).map(rowOf),
    "",
    "## Adding a step",
    "",
    "1. What is given at it: a field of the case (`src/domain/accident.ts`), a verb in `src/actions` that asks `requireGivable`, an event in `src/domain/event-types.ts`. A running case has no such field: leave it optional, and count the step as done where it can no longer be given (signed already), else that driver stands before a closed page.",
    "2. A row in `src/domain/journey.ts`, in its place. From here on the compiler names what is missing:",
    "3. its page in `src/h5/step-pages.ts`, with a template in `templates/h5`;",
    "4. its words in both languages: of an event `case.event.TYPE`, and `police.event.TYPE` of the desk; `chat.next.STEP`, and `case.step.STEP` and `case.act.STEP` of the pages; a new activity needs `activity.NAME`, a step that waits for the other driver `wait.STEP` and a drawing `STEP.svg` in `templates/assets/h5`;",
    "5. `npm run journey`;",
    "6. the tests' own drivers: the table in `test/domain/journey.test.ts` with its `accident-builder.ts`, `test/h5/settle-driver.ts`, `test/journeys/walk.ts`, `test/demo/settle.ts`.",
  ].join("\n")}\n`;
}
