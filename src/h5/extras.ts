import { type PartyPage, pageUrl } from "./page.ts";
import { askForPhotos, extrasOf, takePhotos } from "./photos.ts";

/** One more photograph, at any step and by either driver; nobody has to. */
export const extrasPage: PartyPage = {
  path: "extras",
  template: "h5/extras.njk",
  multipart: true,
  brake: askForPhotos,
  show: (request) => ({ extras: extrasOf(request), isOver: !request.view.isRunning }),
  async submit(request) {
    await takePhotos(request);
    return pageUrl(request.view.id, "extras");
  },
};
