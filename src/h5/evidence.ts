import Joi from "joi";
import { actOnDispute } from "../actions/act-on-dispute.ts";
import { addPhoto } from "../actions/add-photo.ts";
import type { EvidenceRequest } from "../domain/dispute.ts";
import type { View } from "../domain/view.ts";
import { Conflict, Invalid } from "../errors.ts";
import { note } from "../http/fields.ts";
import { whileCounted } from "../http/pace.ts";
import type { WordKey } from "../render.ts";
import type { PageRequest, StepPage, StepRequest } from "./page.ts";
import { spokenFault } from "./photo-answer.ts";
import { askForPhotos, picturesOf } from "./photos.ts";
import { requestsOf } from "./requests.ts";
import { press, waysOf } from "./ways.ts";

interface Body {
  /** instead of an answer */
  act?: "withdraw-application" | "withdraw-guidance";
  request?: number;
  text: string;
}

const LONGEST_ANSWER = 500;

const body = Joi.object<Body>({
  act: Joi.valid("withdraw-application", "withdraw-guidance"),
  request: Joi.number().integer().min(1).max(1000).when("act", { is: Joi.exist(), otherwise: Joi.required() }),
  text: note
    .max(LONGEST_ANSWER)
    .default("")
    .messages({ "string.max": "h5.request.error.text" satisfies WordKey }),
});

/** Pictures that this driver has sent since the officer asked, by chat or as extras: they go with it. */
const sentSince = ({ photos, letter }: View, { askedAt }: Pick<EvidenceRequest, "askedAt">): string[] =>
  photos
    .filter(({ by, state, receivedAt }) => by === letter && state === "stored" && receivedAt >= askedAt)
    .map(({ id }) => id);

/** Stores the pictures of the form as extras; returns their ids. */
async function takeExtras(request: StepRequest<Body>): Promise<string[]> {
  const { ctx, party, files } = request;
  const ids: string[] = [];
  for (const { field, bytes } of files) {
    if (field !== "photo") throw new Invalid("unknown-field", { field });
    const photo = { ...party, slot: "extra" as const, bytes, source: "form" as const };
    try {
      const after = await whileCounted(ctx, picturesOf(request), () => addPhoto(ctx, photo));
      const sha256 = ctx.blobs.nameOf(bytes);
      const stored = after.photos.find((one) => one.by === party.letter && "sha256" in one && one.sha256 === sha256);
      if (stored) ids.push(stored.id);
    } catch (error) {
      const fault = spokenFault(error);
      throw fault instanceof Invalid
        ? new Invalid(fault.code, { ...fault.details, field: "photo" }, fault.status)
        : error;
    }
  }
  return ids;
}

/** What lacks in an answer is said before its pictures are stored. */
function requireAnswer({ what }: EvidenceRequest, { text, pictures }: { text: string; pictures: number }): void {
  if (what === "sentence" && text === "")
    throw new Invalid("h5.request.error.sentence" satisfies WordKey, { field: "text" });
  if (what === "picture" && pictures === 0)
    throw new Invalid("h5.request.error.picture" satisfies WordKey, { field: "photo" });
}

/**
 * The officer's requests to this driver: a sentence, a picture, or both, until the time that was set. The
 * application may be withdrawn instead.
 */
export const evidencePage: StepPage<Body> = {
  template: "h5/request.njk",
  multipart: true,
  brake: askForPhotos,
  body,
  show: async (request: PageRequest) => ({
    ways: await waysOf(request),
    requests: requestsOf(request),
    sent: Object.fromEntries(
      (request.view.dispute?.application?.openRequests ?? []).map((one) => [one.id, sentSince(request.view, one)]),
    ),
    longest: LONGEST_ANSWER,
  }),
  async submit(request) {
    const { ctx, party, view, files, body } = request;
    if (body.act) return press(request, body.act);
    const asked = view.dispute?.application?.openRequests.find(({ id }) => id === body.request);
    if (!asked) throw new Conflict("wrong-step");
    const before = sentSince(view, asked);
    requireAnswer(asked, { text: body.text, pictures: before.length + files.length });
    const photoIds = [...new Set([...before, ...(await takeExtras(request))])];
    const act = { type: "answer-evidence", by: party.letter, request: asked.id, text: body.text, photoIds } as const;
    await actOnDispute(ctx, party.accidentId, act);
  },
};
