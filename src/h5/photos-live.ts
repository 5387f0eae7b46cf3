import { PHOTO_SLOTS } from "../domain/photo.ts";
import type { PartyFile } from "./page.ts";
import { answerFor, newestIn } from "./photo-answer.ts";

/** How things stand in the five places: a plate is read some seconds after its picture has arrived, and one of the chat arrives by itself. */
export const photosLiveFile: PartyFile = {
  path: "photos/live",
  async send(request) {
    const { view } = request;
    const photos = PHOTO_SLOTS.map((slot) => newestIn(view, slot)).filter((photo) => photo !== null);
    const live = { step: view.step, photos: photos.map((photo) => answerFor(request, photo)) };
    return { type: "application/json", bytes: Buffer.from(JSON.stringify(live)) };
  },
};
