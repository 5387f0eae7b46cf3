import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, it } from "node:test";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { licencesRead, PAGE_STATES, urlOf } from "./page-states.ts";

const FOLDER = "templates/h5";

let app: TestApp;
before(async () => {
  app = await startApp({ env: licencesRead() });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

it("every page of the drivers, and each part that it is made of, is among the states that are looked at", async () => {
  const shown = new Set<string>();
  const { render } = app.ctx;
  const page = render.page.bind(render);
  render.page = (template, ...more) => {
    shown.add(template.replace("h5/", ""));
    return page(template, ...more);
  };
  for (const [state, make] of Object.entries(PAGE_STATES)) {
    const seen = await make(app, "zh");
    const { name, value } = seen.driver.cookie;
    const headers = { cookie: `${name}=${value}`, accept: "text/html" };
    const answer = await fetch(urlOf(app, seen), { headers, redirect: "manual" });
    assert.notEqual(answer.status, 303, `${state} leads to ${answer.headers.get("location")}`);
  }
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".njk"));
  const text = (file: string) => readFileSync(`${FOLDER}/${file}`, "utf8");
  const isPage = (file: string) => text(file).startsWith('{% extends "h5/layout.njk" %}');
  assert.deepEqual(
    files.filter((file) => isPage(file) && !shown.has(file)),
    [],
  );
  const used = [...shown].map(text).concat(text("layout.njk"), text("macros.njk"));
  const parts = files.filter((file) => !isPage(file) && file !== "layout.njk" && file !== "macros.njk");
  assert.deepEqual(
    parts.filter((part) => !used.concat(parts.map(text)).some((one) => one.includes(`"h5/${part}"`))),
    [],
  );
});
