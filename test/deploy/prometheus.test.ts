import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase, freePort } from "../support/database.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");

interface Rule {
  alert: string;
  expr: string;
  annotations: { runbook: string };
}

interface RuleTest {
  name: string;
  input_series: { series: string }[];
  alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
}

const rules = parse(read("deploy/prometheus/alerts.yaml")).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
) as Rule[];
const tests = parse(read("deploy/prometheus/alerts.test.yaml")).tests as RuleTest[];
const panels = JSON.parse(read("deploy/grafana/kuaichu.json")).panels as { targets: { expr: string }[] }[];

/** Prometheus makes it by itself for each target. */
const OF_PROMETHEUS = ["up"];
/** Names of the metrics in an expression. */
const namesIn = (expr: string): string[] =>
  [...expr.replaceAll(/"[^"]*"/g, "").matchAll(/\b(kuaichu_\w+|nodejs_\w+|process_\w+|up)\b/g)].map(([name]) => name);

let app: TestApp;
let served: Set<string>;
before(async () => {
  const port = await freePort();
  app = await startApp({ env: { METRICS_PORT: String(port) } });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  served = new Set(
    types.flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    ),
  );
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const unserved = (exprs: string[]): string[] =>
  exprs.flatMap(namesIn).filter((name) => !served.has(name) && !OF_PROMETHEUS.includes(name));

describe("the alerts", () => {
  it("read nothing that /metrics does not serve, and each reads something", () => {
    assert.ok(rules.length > 20);
    assert.deepEqual(unserved(rules.map(({ expr }) => expr)), []);
    assert.deepEqual(
      rules.filter(({ expr }) => namesIn(expr).length === 0),
      [],
    );
  });

  it("name each a part of the runbook, and the runbook has no other parts", () => {
    const parts = [...read("docs/runbook.md").matchAll(/^## (\w+)$/gm)].map(([, name]) => name as string);
    assert.deepEqual(
      rules.map(({ alert }) => alert),
      parts,
    );
    for (const { alert, annotations } of rules)
      assert.equal(annotations.runbook, `docs/runbook.md#${alert.toLowerCase()}`);
  });

  it("have each a test in which they fire, on series that /metrics serves", () => {
    assert.deepEqual(
      tests.map(({ name }) => name),
      rules.map(({ alert }) => alert),
    );
    for (const { name, alert_rule_test: cases } of tests) {
      assert.deepEqual(
        cases.map(({ alertname, exp_alerts: fired }) => [alertname, fired.length]),
        [[name, 1]],
      );
    }
    assert.deepEqual(unserved(tests.flatMap(({ input_series: all }) => all.map(({ series }) => series))), []);
  });
});

describe("the dashboard", () => {
  it("reads nothing that /metrics does not serve", () => {
    const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    assert.ok(exprs.length > 20);
    assert.deepEqual(unserved(exprs), []);
  });

  it("shows everything that Kuaichu itself serves", () => {
    const shown = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr))));
    const own = [...served].filter((name) => /^kuaichu_(?!.*_(sum|bucket)$)/.test(name));
    const left = own.filter((name) => !shown.has(name) && !shown.has(name.replace(/_count$/, "_bucket")));
    assert.deepEqual(left, ["kuaichu_deliveries_uncounted"]);
  });
});
