import { type Accident, CLAIM_PATH, LETTERS } from "../../src/domain/accident.ts";
import { actOnDispute } from "../../src/domain/act-on-dispute.ts";
import { type Determination, picturesOf } from "../../src/domain/determination.ts";
import type { Desk, DisputeAct } from "../../src/domain/dispute-act.ts";
import { actOnLetter } from "../../src/domain/letter-acts.ts";
import { letterNumber, yearInChina } from "../../src/domain/letter-number.ts";
import type { Finding, FindingCode } from "../../src/domain/photo.ts";
import type { Papers } from "./papers.ts";
import type { Pictures } from "./pictures.ts";
import { type Random, randomOf, seedOf } from "./random.ts";
import { MINUTE_MS, Story, type Wiring } from "./story.ts";

export const YEAR_MS = 365 * 24 * 3600_000;
const DAY_MINUTES = 24 * 60;
/** Cases that run or wait for an officer when the seeding ends. */
const LIVE_SHARE = 0.04;
const MOST_LIVE = 40;
const LIVE_MINUTES = 25;

/** How many of so many cases, the newest, are not over. */
export const liveOf = (cases: number): number => Math.min(MOST_LIVE, Math.ceil(cases * LIVE_SHARE));

export const idOf = (seed: number, index: number): string => `seed-${seed}-${index}`;

const FLAGGING: readonly FindingCode[] = [
  "same-picture",
  "seen-before",
  "taken-earlier",
  "taken-elsewhere",
  "screenshot",
  "screen",
];
const PLAIN: readonly FindingCode[] = ["dark", "blurred", "overexposed"];

export interface SeedOrder {
  cases: number;
  seed: number;
  /** the end of the year that is filled */
  now: Date;
  pictures: Pictures;
  papers: Papers;
  /** how many, the newest, have the letters on paper */
  drawn: number;
}

/** Cases of a city over the year before `now`, the oldest first. The same seed makes the same cases. */
export async function* casesOf(ctx: Wiring, order: SeedOrder): AsyncGenerator<Accident> {
  const { cases, seed, now } = order;
  const live = liveOf(cases);
  for (let index = 0; index < cases; index++) {
    const random = randomOf(seedOf(seed, index));
    const isLive = index >= cases - live;
    const ago = isLive
      ? LIVE_MINUTES * MINUTE_MS * (1 - (index - cases + live) / live)
      : YEAR_MS * (1 - (index + random.next()) / (cases - live)) + DAY_MINUTES * MINUTE_MS;
    const openedAt = new Date(Math.floor(now.getTime() - ago));
    const story = new Story(ctx, random, { ...nameOf(seed, index, openedAt), openedAt });
    story.photograph(order.pictures.names, { findings: findingsOf(random), isOtherPlate: random.chance(0.03) });
    if (isLive) tellLive(story, random);
    else await tellOver(story, random, { order, index });
    yield story.accident;
  }
}

/** Id and number of a seeded case; a day of real cases does not reach numbers of this range. */
export function nameOf(seed: number, index: number, openedAt: Date): { id: string; number: string } {
  const day = new Date(openedAt.getTime() + 8 * 3600_000).toISOString().slice(0, 10).replaceAll("-", "");
  return { id: idOf(seed, index), number: `KC${day}-${900_000_000 + index}` };
}

function findingsOf(random: Random): Finding[] {
  const codes = [
    ...(random.chance(0.06) ? [random.pick(FLAGGING)] : []),
    ...(random.chance(0.008) ? [random.pick(FLAGGING)] : []),
    ...(random.chance(0.1) ? [random.pick(PLAIN)] : []),
  ];
  return [...new Set(codes)].map((code) => ({ code, level: "warns" }));
}

/** People stand at the road now: some go on, some ask for guidance, some have applied. */
function tellLive(story: Story, random: Random): void {
  if (random.chance(0.3)) return;
  story.state({ alike: false });
  story.later(1);
  if (random.chance(0.5)) act(story, { type: "ask-guidance", by: "A" });
  else apply(story);
}

interface Place {
  order: SeedOrder;
  index: number;
}

async function tellOver(story: Story, random: Random, { order, index }: Place): Promise<void> {
  const kind = random.next();
  if (kind < 0.11) {
    if (kind < 0.08) story.later(5).end(random.pick(["withdrawn", "other-left", "call-now"]), "A");
    else story.later(120).end("timed-out", "system");
    return;
  }
  story.state({ alike: kind < 0.9 });
  if (kind < 0.9) settle(story, random, order);
  else if (kind < 0.94) story.later(10).end("dispute", random.pick(LETTERS));
  else await determine(story, random, { order, index });
}

function settle(story: Story, random: Random, { now, pictures }: SeedOrder): void {
  story.sign(pictures.signature);
  for (const { ref } of story.accident.claims) {
    const steps = random.chance(0.7) ? CLAIM_PATH.length - 1 : 1 + random.below(CLAIM_PATH.length - 1);
    const assessedFen = 30_000 + random.below(900_000);
    for (const status of CLAIM_PATH.slice(1, 1 + steps)) {
      if (story.at.getTime() + DAY_MINUTES * MINUTE_MS > now.getTime()) break;
      story.later(random.below(DAY_MINUTES) + 1);
      const isAssessed = CLAIM_PATH.indexOf(status) >= CLAIM_PATH.indexOf("assessed");
      const isPaid = CLAIM_PATH.indexOf(status) >= CLAIM_PATH.indexOf("paid");
      const amounts = { ...(isAssessed && { assessedFen }), ...(isPaid && { paidFen: assessedFen }) };
      story.claim(ref, { status, insurerClaimNo: `SEED${ref}`, ...amounts });
    }
    if (random.chance(0.02)) story.later(60).claim(ref, { status: "reopened", insurerClaimNo: `SEED${ref}` });
  }
}

const officers: readonly Desk[] = ["031001", "031002", "031003"].map((id) => ({
  ...{ officerId: `seed-${id}`, role: "officer", district: null },
}));

function act(story: Story, what: DisputeAct): void {
  const { accident, at, catalogue, digest } = story;
  story.take(actOnDispute(accident, what, { at, catalogue, limits: story.limits, digest }));
}

function apply(story: Story): void {
  act(story, { type: "propose", by: "B" });
  act(story.later(2), { type: "agree", by: "A" });
}

/** A joint application, the letter, its service; some are still to be opened. */
async function determine(story: Story, random: Random, { order, index }: Place): Promise<void> {
  apply(story.later(3));
  const by = random.pick(officers);
  act(story.later(2 + random.below(20)), { type: "take-application", by });
  const determination = await letterOf(story.later(10), random, { by, order, index });
  act(story, { type: "determine", by, determination });
  const rules = {
    ...{ at: story.at, limits: story.limits, digest: story.digest },
    serviceDue: (issuedAt: Date) => new Date(issuedAt.getTime() + 5 * DAY_MINUTES * MINUTE_MS),
  };
  for (const letter of LETTERS) {
    if (random.chance(0.1)) continue;
    story.later(1 + random.below(90));
    story.take(actOnLetter(story.accident, { type: "open", by: letter }, { ...rules, at: story.at }));
    const receive = { type: "receive", by: letter, forwarding: true, imageSha256: order.pictures.signature } as const;
    const refuse = { type: "refuse-receipt", by: letter, forwarding: false } as const;
    const answer = random.chance(0.9) ? receive : refuse;
    story.take(actOnLetter(story.accident, answer, { ...rules, at: story.later(1).at }));
  }
}

/** Numbers of letters that a year of real ones does not reach; each seed has its own. */
export const sequenceOf = (seed: number, index: number): number => (1 + (seed % 9)) * 1_000_000 + index;

async function letterOf(
  story: Story,
  random: Random,
  { by, order, index }: Place & { by: Desk },
): Promise<Determination> {
  const { accident, at } = story;
  const degrees = random.pick([
    { A: "full", B: "none" },
    { A: "primary", B: "secondary" },
    { A: "equal", B: "equal" },
    { A: "none", B: "full" },
  ] as const);
  const draft = {
    facts: "甲方驾驶机动车与同方向行驶的乙方车辆发生碰撞，造成两车损坏，无人员受伤。",
    causes: "甲方未与前车保持足以采取紧急制动措施的安全距离。",
    articles: ["《中华人民共和国道路交通安全法》第四十三条"],
    evidence: picturesOf(accident).map(({ number }) => number),
    degrees,
  };
  const officer = { name: "演示民警", number: by.officerId.slice(-6) };
  const number = letterNumber(story.authority, yearInChina(at), sequenceOf(order.seed, index));
  const sheet = story.sheet({ draft, officer, letterNumber: number, replaces: null, at });
  const files = await order.papers.name(sheet, index >= order.cases - order.drawn);
  return {
    ...{ number, content: sheet.content, by: by.officerId, issuedAt: at, ...files },
    ...{ replaces: null, withdrawn: null, served: { A: null, B: null }, receipts: { A: null, B: null }, reviews: [] },
  };
}
