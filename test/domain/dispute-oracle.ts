/**
 * What the law lets two drivers, the desk and the clock do in a dispute, written from its arrows (Order 146
 * arts. 20, 24, 65, 71) and not from the code's table. It keeps its own state.
 */
export type Driver = "A" | "B";
export const DRIVERS: readonly Driver[] = ["A", "B"];

/** The people of the desk, by what the law calls them. */
export const DESK = { o1: "officer", o2: "officer", x1: "auxiliary", s1: "supervisor" } as const;
export type DeskId = keyof typeof DESK;
const isPolice = (id: DeskId): boolean => DESK[id] !== "auxiliary";

export type Move =
  | { type: "ask-guidance" | "withdraw-guidance" | "propose" | "agree" | "refuse" | "withdraw-application"; by: Driver }
  | { type: "answer-evidence"; by: Driver; request: number }
  | { type: "state"; by: Driver; alike: boolean }
  | { type: "end" | "resume" | "open" | "receive" | "refuse-receipt"; by: Driver }
  | { type: "take-guidance" | "release-guidance" | "reassign-guidance" | "give-guidance"; by: DeskId }
  | { type: "take-application" | "release-application" | "reassign-application"; by: DeskId }
  | { type: "return" | "send-officer" | "not-ours" | "determine" | "replace" | "recuse"; by: DeskId }
  | { type: "ask-evidence" | "confirm-service" | "note-review"; by: DeskId; to: Driver }
  | { type: "wait"; minutes: number };

interface Letter {
  issuedAt: number;
  served: Record<Driver, "opened" | "by-message" | null>;
  receipts: Record<Driver, "signed" | "refused" | null>;
  reviews: Driver[];
  /** told again that it waits to be opened */
  reminded: Driver[];
  /** the time for its service ran out before both had answered it */
  isLate: boolean;
}

/** Minutes. */
export const TIMES = {
  guidanceLate: 10,
  proposal: 30,
  late: 30,
  untaken: 24 * 60,
  letter: 4 * 1440,
  service: 4 * 1440,
  reminder: 24 * 60,
};
const RESUME_MIN = 120;

/** Times that the law counts in working days, in minutes of the walk. */
export interface WorkingTimes {
  /** until when a letter is due of an application that was first taken at this time (art. 24) */
  letterDue(takenAt: number): number;
  /** until when a letter of this time has to be served (art. 65) */
  serviceDue(issuedAt: number): number;
}
/** Without a calendar: so many days. */
const PLAIN_TIMES: WorkingTimes = {
  letterDue: (takenAt) => takenAt + TIMES.letter,
  serviceDue: (issuedAt) => issuedAt + TIMES.service,
};

export class Law {
  private readonly times: WorkingTimes;
  now = 0;
  /** the kind of the last move that was made */
  last: Move["type"] = "wait";
  alike = false;
  guidance: { state: "none" | "asked" | "taken" | "over"; asker: Driver; holder: DeskId | null } = {
    ...{ state: "none", asker: "A", holder: null },
  };
  application: { state: "none" | "proposed" | "queued" | "held" | "over"; by: Driver; holder: DeskId | null } = {
    ...{ state: "none", by: "A", holder: null },
  };
  /** both drivers were told that no officer has come, in the present wait */
  isGuidanceLate = false;
  isApplicationLate = false;
  /** both were told that the days for the letter are over */
  isOverdue = false;
  requests: { to: Driver; until: number; isOpen: boolean }[] = [];
  letters: Letter[] = [];
  end: { at: number; by: Driver | null } | null = null;
  recused: DeskId[] = [];
  private askedAt = 0;
  private guidanceTakenAt = 0;
  private proposedAt = 0;
  private queuedAt = 0;
  private takenAt = 0;
  /** when an officer first took the application; null: none has */
  private acceptedAt: number | null = null;

  constructor(times: WorkingTimes = PLAIN_TIMES) {
    this.times = times;
  }

  get isRunning(): boolean {
    return this.end === null && this.letters.length === 0;
  }
  get letter(): Letter | undefined {
    return this.letters.at(-1);
  }
  get isWithPolice(): boolean {
    return this.application.state === "queued" || this.application.state === "held";
  }

  /** a letter stands that a driver has neither answered nor got by message */
  get awaitsService(): boolean {
    const { letter } = this;
    if (!letter || this.end) return false;
    return DRIVERS.some((one) => letter.receipts[one] === null && letter.served[one] !== "by-message");
  }

  private mayAct(id: DeskId): boolean {
    return !this.recused.includes(id);
  }
  /** nobody else decides */
  private isFreeFor(id: DeskId): boolean {
    return this.application.holder === null || this.application.holder === id;
  }

  allows(move: Move): boolean {
    return (
      move.type === "wait" ||
      (this.isRunning ? this.runs(move) : this.letter && !this.end ? this.isOfLetter(move) : this.isOfEnd(move))
    );
  }

  private runs(move: Move): boolean {
    const { guidance, application } = this;
    switch (move.type) {
      case "ask-guidance":
        return guidance.state !== "asked" && guidance.state !== "taken";
      case "withdraw-guidance":
        return ["asked", "taken"].includes(guidance.state) && guidance.asker === move.by;
      case "propose":
        return !this.alike && application.state !== "proposed" && !this.isWithPolice;
      case "agree":
      case "refuse":
        return application.state === "proposed" && application.by !== move.by;
      case "withdraw-application":
        return this.isWithPolice || (application.state === "proposed" && application.by === move.by);
      case "answer-evidence": {
        const request = this.requests[move.request - 1];
        return this.isWithPolice && request?.isOpen === true && request.to === move.by;
      }
      case "state":
      case "end":
        return true;
      case "take-guidance":
        return this.mayAct(move.by) && guidance.state === "asked" && this.isFreeFor(move.by);
      case "release-guidance":
      case "give-guidance":
        return guidance.state === "taken" && guidance.holder === move.by;
      case "reassign-guidance":
        return this.mayAct(move.by) && DESK[move.by] === "supervisor" && guidance.state === "taken";
      case "take-application":
        // guidance that another gives keeps no officer from it
        return this.mayAct(move.by) && isPolice(move.by) && application.state === "queued";
      case "reassign-application":
        return this.mayAct(move.by) && DESK[move.by] === "supervisor" && application.state === "held";
      case "release-application":
      case "ask-evidence":
      case "return":
      case "send-officer":
      case "not-ours":
      case "determine":
        return application.state === "held" && application.holder === move.by;
      case "recuse":
        return guidance.holder !== move.by && application.holder !== move.by;
      default:
        return false;
    }
  }

  private isOfLetter(move: Move): boolean {
    const letter = this.letter as Letter;
    switch (move.type) {
      case "open":
        return true;
      case "receive":
      case "refuse-receipt": {
        const before = letter.receipts[move.by];
        return letter.served[move.by] !== null && (before === null || before === HOW[move.type]);
      }
      case "confirm-service": {
        if (!this.mayAct(move.by) || !isPolice(move.by)) return false;
        if (letter.served[move.to] === "by-message") return true;
        return letter.receipts[move.to] === null && this.now >= this.times.serviceDue(letter.issuedAt);
      }
      case "note-review":
        return (
          this.mayAct(move.by) &&
          isPolice(move.by) &&
          letter.served[move.to] !== null &&
          !letter.reviews.includes(move.to)
        );
      case "replace":
        return this.mayAct(move.by) && DESK[move.by] === "supervisor";
      case "recuse":
        return true;
      default:
        return false;
    }
  }

  private isOfEnd(move: Move): boolean {
    if (move.type === "recuse") return true;
    return move.type === "resume" && this.end?.by === move.by && this.now < this.end.at + RESUME_MIN;
  }

  /** Does what is allowed, and what the clock does meanwhile. */
  play(move: Move): void {
    const { guidance, application } = this;
    this.last = move.type;
    switch (move.type) {
      case "wait":
        this.wait(move.minutes);
        return;
      case "ask-guidance":
        this.guidance = { state: "asked", asker: move.by, holder: null };
        this.beginGuidanceWait();
        return;
      case "withdraw-guidance":
      case "give-guidance":
        this.closeGuidance();
        return;
      case "take-guidance":
        guidance.state = "taken";
        guidance.holder = move.by;
        this.guidanceTakenAt = this.now;
        return;
      case "release-guidance":
      case "reassign-guidance":
        this.askAgain();
        return;
      case "propose":
        this.application = { state: "proposed", by: move.by, holder: null };
        this.requests = [];
        this.acceptedAt = null;
        this.isOverdue = false;
        this.proposedAt = this.now;
        return;
      case "agree":
        this.queueAgain(this.now);
        return;
      case "refuse":
      case "withdraw-application":
      case "return":
        this.closeApplication();
        return;
      case "take-application":
        application.state = "held";
        application.holder = move.by;
        this.takenAt = this.now;
        this.acceptedAt ??= this.now;
        // one officer has the whole case
        if (guidance.state === "taken" && guidance.holder !== move.by) this.askAgain();
        return;
      case "release-application":
      case "reassign-application":
        this.queueAgain(this.now);
        return;
      case "ask-evidence":
        this.requests.push({ to: move.to, until: this.now + 60, isOpen: true });
        return;
      case "answer-evidence":
        (this.requests[move.request - 1] as { isOpen: boolean }).isOpen = false;
        return;
      case "state":
        this.alike = move.alike;
        if (move.alike) this.closeAll();
        return;
      case "end":
      case "send-officer":
      case "not-ours":
        this.closeAll();
        this.end = { at: this.now, by: move.type === "end" ? move.by : null };
        return;
      case "resume":
        this.end = null;
        return;
      case "determine":
        this.closeAll();
        this.letters.push(newLetter(this.now));
        return;
      case "replace":
        this.letters.push(newLetter(this.now));
        return;
      case "recuse":
        if (!this.recused.includes(move.by)) this.recused.push(move.by);
        return;
      default:
        this.answerLetter(move);
        return;
    }
  }

  private answerLetter(move: Move): void {
    const letter = this.letter as Letter;
    if (move.type === "open") letter.served[move.by] ??= "opened";
    if (move.type === "receive" || move.type === "refuse-receipt") letter.receipts[move.by] = HOW[move.type];
    if (move.type === "confirm-service") letter.served[move.to] = "by-message";
    if (move.type === "note-review") letter.reviews.push(move.to);
  }

  /**
   * What is late is said once. A proposal lapses, guidance and an application whose letter is late are taken
   * from their officer, what nobody takes goes back.
   */
  private wait(minutes: number): void {
    this.now += minutes;
    if (this.letter && !this.end) this.remind(this.letter);
    if (!this.isRunning) return;
    if (this.guidance.state === "asked" && this.now >= this.askedAt + TIMES.guidanceLate) this.isGuidanceLate = true;
    if (this.guidance.state === "taken" && this.now >= this.guidanceTakenAt + TIMES.untaken) {
      this.askAgain();
      this.isGuidanceLate = true;
    }
    if (this.application.state === "queued" && this.now >= this.queuedAt + TIMES.late) this.isApplicationLate = true;
    for (const request of this.requests) if (this.isWithPolice && request.until <= this.now) request.isOpen = false;
    const { application } = this;
    if (application.state === "proposed" && this.now >= this.proposedAt + TIMES.proposal) this.closeApplication();
    // the clock looks once after each wait: who is late there begins to wait there
    if (this.isLetterDue) this.isOverdue = true;
    // whoever has just taken it keeps it for as long as it may wait in the queue
    const isOut = application.state === "held" && this.now >= this.takenAt + TIMES.untaken;
    if (isOut && this.isLetterDue) this.queueAgain(this.now);
    else if (application.state === "queued" && this.now >= this.queuedAt + TIMES.untaken) this.closeApplication();
  }

  /** the days for the letter run on, whoever has the application */
  private get isLetterDue(): boolean {
    return this.isWithPolice && this.acceptedAt !== null && this.now >= this.times.letterDue(this.acceptedAt);
  }

  private remind(letter: Letter): void {
    if (this.now >= letter.issuedAt + TIMES.reminder)
      letter.reminded = DRIVERS.filter((one) => letter.served[one] === null || letter.reminded.includes(one));
    if (this.awaitsService && this.now >= this.times.serviceDue(letter.issuedAt)) letter.isLate = true;
  }

  private askAgain(): void {
    this.guidance = { ...this.guidance, state: "asked", holder: null };
    this.beginGuidanceWait();
  }
  private beginGuidanceWait(): void {
    this.askedAt = this.now;
    this.isGuidanceLate = false;
  }
  private queueAgain(at: number): void {
    this.application.state = "queued";
    this.application.holder = null;
    this.queuedAt = at;
    this.isApplicationLate = false;
  }
  private closeGuidance(): void {
    this.guidance.state = "over";
    this.guidance.holder = null;
  }
  private closeApplication(): void {
    this.application.state = "over";
    this.application.holder = null;
  }
  private closeAll(): void {
    if (["asked", "taken"].includes(this.guidance.state)) this.closeGuidance();
    if (this.application.state === "proposed" || this.isWithPolice) this.closeApplication();
  }
}

const HOW = { receive: "signed", "refuse-receipt": "refused" } as const;
const newLetter = (issuedAt: number): Letter => ({
  issuedAt,
  served: { A: null, B: null },
  receipts: { A: null, B: null },
  reviews: [],
  reminded: [],
  isLate: false,
});

const DRIVER_MOVES = [
  ...["ask-guidance", "withdraw-guidance", "propose", "agree", "refuse", "withdraw-application"],
  ...["end", "resume", "open", "receive", "refuse-receipt"],
] as const;
const DESK_MOVES = [
  ...["take-guidance", "release-guidance", "reassign-guidance", "give-guidance", "take-application"],
  ...["release-application", "reassign-application", "return", "send-officer", "not-ours", "determine", "replace"],
  "recuse",
] as const;
const ABOUT_ONE = ["ask-evidence", "confirm-service", "note-review"] as const;

/** Everything that anybody might try. */
function everyMove(): Move[] {
  const ids = Object.keys(DESK) as DeskId[];
  return [
    ...DRIVERS.flatMap((by) => [
      ...DRIVER_MOVES.map((type) => ({ type, by }) as Move),
      ...[true, false, false].map((alike): Move => ({ type: "state", by, alike })),
      ...[1, 2].map((request): Move => ({ type: "answer-evidence", by, request })),
    ]),
    ...ids.flatMap((by) => [
      ...DESK_MOVES.map((type) => ({ type, by }) as Move),
      ...ABOUT_ONE.flatMap((type) => DRIVERS.map((to): Move => ({ type, by, to }))),
    ]),
    ...[1, 12, 31, 61, 1500, 6000].map((minutes): Move => ({ type: "wait", minutes })),
  ];
}
const MOVES = everyMove();
/** Walks are to go deep: what leads to a letter comes often, what ends or lapses a case seldom. */
const WEIGHTS: Partial<Record<Move["type"], number>> = {
  ...{ end: 0.1, "send-officer": 0.1, "not-ours": 0.1, recuse: 0.1, return: 0.3, refuse: 0.3 },
  ...{ "withdraw-application": 0.3, propose: 4, agree: 4, "take-application": 4, determine: 2 },
};
function weightOf(move: Move): number {
  if (move.type === "wait") return move.minutes > 1000 ? 0.5 : 1;
  if (move.type === "state") return move.alike ? 0.2 : 0.5;
  return WEIGHTS[move.type] ?? 1;
}

/** The next move of a walk: mostly one that the law allows, else what another might try, or anything. */
export function nextMove(law: Law, random: () => number): Move {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const kind = random();
  const allowed = MOVES.filter((move) => law.allows(move));
  if (kind < 0.1 || allowed.length === 0) return pick(MOVES);
  // what was just done once more, by the same or by another
  if (kind < 0.2) return pick(MOVES.filter(({ type }) => type === law.last));
  const weighed = allowed.map((move) => ({ move, weight: weightOf(move) }));
  let left = random() * weighed.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = weighed.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  const { move } = chosen ?? (weighed[0] as (typeof weighed)[number]);
  // … or by somebody who may not
  return kind < 0.3 ? pick(MOVES.filter(({ type }) => type === move.type)) : move;
}
