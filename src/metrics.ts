import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

type Labels = Record<string, string>;

/** One value of a gauge. */
export interface Sample {
  labels?: Labels;
  value: number;
}

/** What a process has counted and measured, for Prometheus. Labels are codes; never ids or personal data. */
export interface Metrics {
  /** One push of the platform was answered, or could not be taken (`failed`). */
  push(kind: string, outcome: "answered" | "silent" | "failed", seconds: number): void;
  /** One attempt at a delivery has ended. */
  delivery(kind: string, outcome: string, seconds: number): void;
  claimAttempt(insurer: string, outcome: string): void;
  /** An insurer has reported a new status of a claim. */
  claimStatus(insurer: string, status: string): void;
  /** A photograph was looked at for plates. */
  plate(outcome: "read" | "unread"): void;
  wechatRefusal(errcode: number, action: string): void;
  wechatToken(kind: string, expiresAtMs: number): void;
  /** A licence was read by the platform, or could not be because the day's quota is used up. */
  ocr(outcome: "taken" | "used-up"): void;
  databaseCommand(outcome: "done" | "failed" | "lost", seconds: number): void;
  /** Adds a gauge, or a counter of what is counted elsewhere, that is read at each scrape. */
  add(metric: ReadMetric): void;
  /** The text format of Prometheus and its content type. */
  page(): Promise<{ type: string; text: string }>;
}

export interface ReadMetric {
  name: string;
  help: string;
  type?: "gauge" | "counter";
  labels?: readonly string[];
  /** Reads from memory, or one document; a failure leaves the metric out. */
  read(): Sample[] | Promise<Sample[]>;
}

const PUSH_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5];
const DELIVERY_SECONDS = [0.05, 0.1, 0.5, 1, 5, 15, 60];
const COMMAND_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3.5, 20];

/** `ofProcess`: event loop, memory and garbage collection are measured, too, which costs a little. */
export function createMetrics({ ofProcess = false } = {}): Metrics {
  const register = new Registry();
  if (ofProcess) collectDefaultMetrics({ register });
  return {
    ...histogramsIn(register),
    ...countersIn(register),
    add: (metric) => addRead(register, metric),
    async page() {
      return { type: register.contentType, text: await register.metrics() };
    },
  };
}

type Histograms = Pick<Metrics, "push" | "delivery" | "databaseCommand">;

function histogramsIn(register: Registry): Histograms {
  const make = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers: [register] });
  const kinds = ["kind", "outcome"];
  const pushes = make("kuaichu_push_seconds", "Pushes of the platform until they were answered", kinds, PUSH_SECONDS);
  const deliveries = make("kuaichu_delivery_seconds", "Attempts at deliveries", kinds, DELIVERY_SECONDS);
  const commands = make("kuaichu_database_command_seconds", "Database commands", ["outcome"], COMMAND_SECONDS);
  return {
    push: (kind, outcome, seconds) => pushes.observe({ kind, outcome }, seconds),
    delivery: (kind, outcome, seconds) => deliveries.observe({ kind, outcome }, seconds),
    databaseCommand: (outcome, seconds) => commands.observe({ outcome }, seconds),
  };
}

type Counters = Omit<Metrics, keyof Histograms | "add" | "page">;

function countersIn(register: Registry): Counters {
  const make = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [register] });
  const attempts = make("kuaichu_claim_attempts_total", "Attempts at claims by insurer", "insurer", "outcome");
  const statuses = make("kuaichu_claim_statuses_total", "Statuses that insurers reported", "insurer", "status");
  const plates = make("kuaichu_plates_total", "Photographs looked at for plates", "outcome");
  const refusals = make("kuaichu_wechat_refusals_total", "Answers of WeChat with an errcode", "errcode", "action");
  const ocr = make("kuaichu_wechat_ocr_total", "Licences for WeChat to read", "outcome");
  const expiry = new Gauge({
    name: "kuaichu_wechat_token_expires_timestamp_seconds",
    help: "When the token expires that was fetched last",
    labelNames: ["kind"],
    registers: [register],
  });
  return {
    claimAttempt: (insurer, outcome) => attempts.inc({ insurer, outcome }),
    claimStatus: (insurer, status) => statuses.inc({ insurer, status }),
    plate: (outcome) => plates.inc({ outcome }),
    wechatRefusal: (errcode, action) => refusals.inc({ errcode, action }),
    wechatToken: (kind, expiresAtMs) => expiry.set({ kind }, expiresAtMs / 1000),
    ocr: (outcome) => ocr.inc({ outcome }),
  };
}

function addRead(register: Registry, { name, help, type = "gauge", labels = [], read }: ReadMetric): void {
  const common = { name, help, labelNames: [...labels], registers: [register] };
  const samples = async (): Promise<Sample[]> => {
    try {
      return await read();
    } catch {
      return [];
    }
  };
  if (type === "counter") {
    const counter: Counter = new Counter({
      ...common,
      async collect() {
        const found = await samples();
        counter.reset();
        for (const sample of found) counter.inc(sample.labels ?? {}, sample.value);
      },
    });
    return;
  }
  const gauge: Gauge = new Gauge({
    ...common,
    async collect() {
      const found = await samples();
      gauge.reset();
      if (found.length === 0 && labels.length === 0) gauge.remove();
      for (const sample of found) gauge.set(sample.labels ?? {}, sample.value);
    },
  });
}
