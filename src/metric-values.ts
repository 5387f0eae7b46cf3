import type { Context } from "./context.ts";
import type { Sample } from "./metrics.ts";
import type { QueueCounts } from "./store/queue-counts.ts";

type Parts = Pick<
  Context,
  "metrics" | "clock" | "databaseClock" | "databaseIsSlow" | "insurers" | "keptCounts" | "photoHashes" | "photos"
> &
  Pick<Context, "refusals" | "config" | "streams"> & {
    connections(): { open: number; taken: number };
  };

/** Adds what is read at each scrape: from memory, and from the one document of kept counts. */
export function addMetricValues(parts: Parts): void {
  addQueues(parts);
  addBackup(parts);
  addHands(parts);
  const { metrics, refusals } = parts;
  metrics.add({
    name: "kuaichu_refusals_total",
    help: "What the doors for machines refused",
    type: "counter",
    labels: ["door", "reason"],
    read: () =>
      Object.entries(refusals.counts()).flatMap(([door, reasons]) =>
        Object.entries(reasons).map(([reason, value]) => ({ labels: { door, reason }, value })),
      ),
  });
}

function addHands({ metrics, insurers, photos, photoHashes, streams, ...parts }: Parts): void {
  metrics.add({
    name: "kuaichu_insurer_circuit_open",
    help: "1 for an insurer that does not answer: nothing but a probe a minute is sent",
    labels: ["insurer"],
    read: () => Object.keys(insurers.openCircuits()).map((insurer) => ({ labels: { insurer }, value: 1 })),
  });
  metrics.add({
    name: "kuaichu_pictures_waiting",
    help: "Pictures that wait for a process",
    labels: ["queue"],
    read: () => Object.entries(photos.waiting()).map(([queue, value]) => ({ labels: { queue }, value })),
  });
  metrics.add({
    name: "kuaichu_likeness_limit_met_total",
    help: "Searches for similar pictures that met their limit",
    type: "counter",
    read: () => [{ value: photoHashes.countLimitMet() }],
  });
  metrics.add({
    name: "kuaichu_open_pages",
    help: "Pages that are told of changes by this process",
    read: () => [{ value: streams.count() }],
  });
  metrics.add({
    name: "kuaichu_wechat_ocr_per_day",
    help: "Licences that WeChat may be asked to read in a day",
    read: () => [{ value: parts.config.wechat.ocrPerDay }],
  });
  metrics.add({
    name: "kuaichu_database_slow",
    help: "1 while the database is away, or was slow within the last seconds",
    read: () => [{ value: Number(parts.databaseIsSlow()) }],
  });
  metrics.add({
    name: "kuaichu_database_connections",
    help: "Connections to the database",
    labels: ["state"],
    read: () => Object.entries(parts.connections()).map(([state, value]) => ({ labels: { state }, value })),
  });
  metrics.add({
    name: "kuaichu_clock_difference_seconds",
    help: "How far the database's clock is ahead of this machine's",
    read: () => [{ value: parts.databaseClock.differenceMs() / 1000 }],
  });
}

function addBackup({ metrics, keptCounts, clock }: Parts): void {
  metrics.add({
    name: "kuaichu_backup_age_seconds",
    help: "Time since the last backup was begun",
    async read() {
      const at = await keptCounts.readBackupAt();
      return at ? [{ value: Math.max(0, (clock.now().getTime() - at.getTime()) / 1000) }] : [];
    },
  });
}

const ONE_SCRAPE_MS = 1_000;

function addQueues({ metrics, keptCounts, clock }: Parts): void {
  let read: { at: number; counts: Promise<QueueCounts | null> } | null = null;
  const counts = (): Promise<QueueCounts | null> => {
    const at = performance.now();
    if (!read || at - read.at > ONE_SCRAPE_MS) read = { at, counts: keptCounts.read() };
    return read.counts;
  };
  const ageOf = (since: Date | null | undefined): number =>
    since ? Math.max(0, (clock.now().getTime() - since.getTime()) / 1000) : 0;
  const gauge = (name: string, help: string, labels: string[], samples: (counts: QueueCounts) => Sample[]) =>
    metrics.add({
      name,
      help,
      labels,
      async read() {
        const known = await counts();
        return known ? samples(known) : [];
      },
    });
  const deliveries = ["kind", "state"];
  gauge("kuaichu_deliveries", "Deliveries that are not done", deliveries, (known) =>
    known.deliveries.map(({ kind, state, count: value }) => ({ labels: { kind, state }, value })),
  );
  gauge("kuaichu_deliveries_oldest_seconds", "Age of the oldest one", deliveries, (known) =>
    known.deliveries.map(({ kind, state, oldestAt }) => ({ labels: { kind, state }, value: ageOf(oldestAt) })),
  );
  gauge("kuaichu_claims", "Claims that their insurer has not taken", ["insurer", "state"], (known) =>
    known.claims.map(({ insurer, state, count: value }) => ({ labels: { insurer, state }, value })),
  );
  gauge("kuaichu_deliveries_uncounted", "1 while there are more than were counted", [], (known) => [
    { value: Number(known.isLimited) },
  ]);
  gauge("kuaichu_outbox_oldest_seconds", "Age of the oldest outbox that was not moved", [], ({ outboxSince }) => [
    { value: ageOf(outboxSince) },
  ]);
  gauge("kuaichu_inbox_oldest_seconds", "Age of the oldest push that is acknowledged, not done", [], (known) => [
    { value: ageOf(known.inboxSince) },
  ]);
  gauge("kuaichu_damaged_files", "Files found damaged or missing", [], ({ damagedFiles }) => [{ value: damagedFiles }]);
  gauge("kuaichu_disputes", "Cases that wait for an officer", ["kind"], ({ disputes }) =>
    Object.entries(disputes).map(([kind, value]) => ({ labels: { kind }, value })),
  );
  gauge("kuaichu_counts_age_seconds", "Age of the counts above", [], ({ at }) => [{ value: ageOf(at) }]);
}
