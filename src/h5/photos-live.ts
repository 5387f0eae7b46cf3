import { PHOTO_SLOTS } from "../domain/photo.ts";
import type { PartyFile } from "./page.ts";
import { answerFor, newestIn } from "./photo-answer.ts";

/**
 * The present state of the five slots: a plate is read seconds after its picture, chat pictures arrive alone.
 */
export const photosLiveFile: PartyFile = {
  path: "photos/live",
  async send(request) {
    const { view } = request;
    const photos = PHOTO_SLOTS.map((slot) => newestIn(view, slot)).filter((photo) => photo !== null);
    const live = { step: view.step, photos: photos.map((photo) => answerFor(request, photo)) };
    return { type: "application/json", bytes: Buffer.from(JSON.stringify(live)) };
  },
};
