import Joi from "joi";
import { type AddPhoto, addPhoto } from "../actions/add-photo.ts";
import { movePhoto } from "../actions/move-photo.ts";
import { EXTRA_SLOTS, isSent, isStoredIn, type MandatorySlot, PHOTO_SLOTS, type PhotoSlot } from "../domain/photo.ts";
import { Invalid } from "../errors.ts";
import { id } from "../http/fields.ts";
import { askPaced, whileCounted } from "../http/pace.ts";
import { type PageRequest, type PartyPage, pageUrl, type StepPage, type StepRequest } from "./page.ts";
import { answerFor, newestIn, type PhotoAnswer, spokenFault } from "./photo-answer.ts";

const SLOTS: readonly string[] = [...PHOTO_SLOTS, ...EXTRA_SLOTS];

/** Every picture is decoded. */
export const picturesOf = ({ person }: Pick<PageRequest, "person">) =>
  ({ pace: "pictures", whose: person.id }) as const;

/** One place of the page: what stands there, with what the machine says of it. */
export interface Place {
  slot: PhotoSlot;
  photo: PhotoAnswer | null;
}

const placeOf = (request: PageRequest, slot: PhotoSlot): Place => {
  const photo = newestIn(request.view, slot);
  return { slot, photo: photo && answerFor(request, photo) };
};

export interface Extra {
  slot: PhotoSlot;
  count: number;
  /** this kind of accident makes it worth having */
  wanted: boolean;
}

/** Extras that may be added to the five, each by one tap. */
export const extrasOf = ({ view }: PageRequest): Extra[] =>
  EXTRA_SLOTS.map((slot) => ({
    slot,
    count: view.photos.filter((photo) => photo.slot === slot && isSent(photo)).length,
    wanted: view.wantedExtras.some((wanted) => wanted === slot),
  }));

/** Page 2: the five mandatory pictures, each in its place. */
export const photosPage: StepPage = {
  template: "h5/photos.njk",
  multipart: true,
  brake: askForPhotos,
  show: (request) => {
    const slots = PHOTO_SLOTS.map((slot) => placeOf(request, slot));
    const hasWarning = slots.some(({ photo }) => photo !== null && photo.findings.length > 0);
    return { slots, hasWarning, extras: extrasOf(request) };
  },
  submit: takePhotos,
};

export function askForPhotos(request: PageRequest): Promise<void> {
  return askPaced(request.ctx, picturesOf(request));
}

/** Each file in the place that its field names. */
export async function takePhotos(request: StepRequest<unknown>): Promise<void> {
  const { ctx, party, files, view } = request;
  const [first] = files;
  if (!first) throw new Invalid("photo-missing", { field: view.missingSlots[0] ?? "extra" });
  const stranger = files.find(({ field }) => !SLOTS.includes(field));
  if (stranger) throw new Invalid("unknown-field", { field: stranger.field });
  const faults: [string, Invalid][] = [];
  for (const { field, bytes } of files) {
    const photo = { ...party, slot: field as PhotoSlot, bytes, source: "form" as const };
    if (await isThere(ctx, photo)) continue;
    const fault = await whileCounted(ctx, picturesOf(request), () => refusalOf(() => addPhoto(ctx, photo)));
    if (fault) faults.push([field, fault]);
  }
  refuseAll(faults);
}

/** The same picture again, of a phone that did not hear the answer: it is not decoded, and does not count. */
export async function isThere(
  { accidents, blobs }: PageRequest["ctx"],
  { accidentId, letter, slot, bytes }: Pick<AddPhoto, "accidentId" | "letter" | "slot" | "bytes">,
): Promise<boolean> {
  return isStoredIn(await accidents.get(accidentId), { slot, letter, sha256: blobs.nameOf(bytes) });
}

/** A picture that is refused does not keep the others out. */
async function refusalOf(store: () => Promise<unknown>): Promise<Invalid | null> {
  try {
    await store();
    return null;
  } catch (error) {
    const fault = spokenFault(error);
    if (fault instanceof Invalid) return fault;
    throw error;
  }
}

/** A picture's fault is shown at its own slot. */
function refuseAll(faults: [string, Invalid][]): void {
  const [first] = faults;
  if (!first) return;
  const [field, { code, details, status }] = first;
  const codes = Object.fromEntries(faults.map(([slot, fault]) => [slot, fault.code]));
  throw new Invalid(code, { ...details, field, codes }, status);
}

interface SwapBody {
  photo: string;
  slot: MandatorySlot;
}

/** Two of the five change places by one tap. */
export const swapPage: PartyPage<SwapBody> = {
  path: "photos/swap",
  body: Joi.object<SwapBody>({ photo: id.required(), slot: Joi.valid(...PHOTO_SLOTS).required() }),
  async submit({ ctx, party, body }) {
    await movePhoto(ctx, { ...party, photoId: body.photo, slot: body.slot });
    return pageUrl(party.accidentId, "photos");
  },
};
