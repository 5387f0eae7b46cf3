import type { Collections } from "./create-collections.ts";
import type { Health } from "./health.ts";
import type { OpenStore } from "./open-store.ts";

/** A lease, or the first attempts after a temporary fault, are no delay. */
const A_MINUTE_MS = 60_000;

/** Adds the store's values to `/readyz`. */
export function addStoreValues(health: Health, store: OpenStore, collections: Collections): void {
  const { databaseClock, now, blobs } = store;
  const { reader, deliveries, feedback, witness, retention, erasures, photoHashes } = collections;
  health.add("unreadableCases", () => reader.countUnreadable());
  health.add("clockDifferenceMs", () => databaseClock.differenceMs());
  health.add("storage", () => store.storage());
  health.add("damagedFiles", () => blobs.scrub.countDamaged());
  health.add("erasureRequests", async () => (await collections.people.listErasures()).length);
  health.add("erasure", async () => {
    const [time, marked, today] = await Promise.all([witness.state(), retention.countMarked(), erasures.of(now())]);
    return { ...time, marked, today };
  });
  health.add("delayedPhotos", () => deliveries.countDueAfter("photo", new Date(now().getTime() + A_MINUTE_MS)));
  health.add("keysLeft", () => collections.rewrap.countLeft());
  health.add("heldCases", () => retention.countHeld());
  health.add("dueForS", () => deliveries.findDueForS());
  health.add("unreadPlates", () => deliveries.countUnread());
  health.add("heldClaims", () => deliveries.countHeld("claim"));
  health.add("likenessLimitMet", () => photoHashes.countLimitMet());
  health.add("openComplaints", () => feedback.countOpen());
  health.add("papersMissing", () => deliveries.countFailing("document", 3));
}
