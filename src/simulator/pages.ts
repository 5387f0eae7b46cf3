import { createReadStream } from "node:fs";
import { extname } from "node:path";
import Router from "@koa/router";
import Joi from "joi";
import type { Context } from "koa";
import getRawBody from "raw-body";
import { AppError, Conflict, Invalid, NotFound } from "../errors.ts";
import type { Log } from "../log.ts";
import { BEHAVIOURS } from "./behaviours.ts";
import type { Desk } from "./desk.ts";
import type { StatusInput } from "./insurer/send-status.ts";
import type { Phone } from "./phone.ts";
import { ACTS } from "./phone-acts.ts";
import { listSamples } from "./samples/samples.ts";
import { stateOf } from "./state.ts";

/** output of `npm run build` for src/browser/simulator */
const assetsDir = new URL("../../browser/simulator/", import.meta.url);
const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".jpg": "image/jpeg" };

/** Routes of /simulator: the page, its state, its acts. */
export function simulatorPages(desk: Desk): Router {
  const router = new Router({ prefix: "/simulator" });
  router.use(errors(desk.log));
  router.get("/", (http) => {
    http.type = "html";
    http.body = desk.render.page("simulator/page.njk", "zh", {
      samples: sampleNames(),
      phones: [1, 2],
      round: desk.rounds.current().id,
      hasOfficers: desk.config.police.enabled && desk.config.roles.includes("desk"),
    });
  });
  router.get("/state", async (http) => {
    http.body = await stateOf(desk);
  });
  router.get("/officers", async (http) => {
    http.set("Cache-Control", "no-store");
    http.body = await desk.operator.officers();
  });
  router.get("/assets/:name", (http) => sendFile(http, new URL(plainName(http.params.name), assetsDir)));
  router.get("/samples/:name", (http) => {
    const sample = listSamples().find(({ name }) => name === http.params.name);
    if (!sample) throw new NotFound();
    sendFile(http, sample.file);
  });
  router.get("/pictures/:mediaId", (http) => {
    const picture = desk.platform.picture(String(http.params.mediaId));
    http.type = picture.contentType;
    http.body = picture.bytes;
  });
  router.all("/phones/:index/web{/*path}", (http) => {
    const phone = phoneOf(desk, http.params.index);
    return phone.browse(http, http.path.slice(`/simulator/phones/${phone.index}/web`.length) || "/h5");
  });
  router.post("/phones/:index/acts/:act", async (http) => {
    const act = ACTS[String(http.params.act)];
    if (!act) throw new NotFound();
    if (!desk.config.standIns.platform) throw new Conflict("platform-not-stood-in-for");
    http.body =
      (await act(desk, phoneOf(desk, http.params.index), await getRawBody(http.req, { limit: "20mb" }))) ?? {};
  });
  router.post("/restart", (http) => {
    http.body = desk.rounds.begin();
  });
  insurerRoutes(router, desk);
  return router;
}

/** Routes of the insurers' desk. */
function insurerRoutes(router: Router, desk: Desk): void {
  router.post("/desk/:code/:ref", async (http) => {
    const body = check(statusSchema, await jsonOf(http));
    http.body = await desk.insurers.sendStatus(String(http.params.code), String(http.params.ref), body);
  });
  router.post("/insurers/:code/behaviour", async (http) => {
    const code = String(http.params.code);
    const { behaviour } = check(behaviourSchema, await jsonOf(http));
    if (!desk.config.standIns.insurers.includes(code)) throw new NotFound("insurer-not-stood-in-for");
    desk.insurers.setMode(code, BEHAVIOURS[behaviour]!);
    http.body = { behaviour };
  });
  router.post("/undelivered/:id/resend", async (http) => {
    http.body = { resent: await desk.operator.resend(String(http.params.id)) };
  });
}

const jsonOf = async (http: Context): Promise<unknown> =>
  JSON.parse((await getRawBody(http.req, { limit: "64kb" })).toString("utf8"));

const behaviourSchema = Joi.object<{ behaviour: string }>({
  behaviour: Joi.valid(...Object.keys(BEHAVIOURS)).required(),
});

const statusSchema = Joi.object<StatusInput>({
  status: Joi.string().required(),
  occurredAt: Joi.string().isoDate().required(),
  reason: Joi.object({ code: Joi.string(), text: Joi.string() }),
  amounts: Joi.object({
    assessedFen: Joi.number().integer(),
    approvedFen: Joi.number().integer(),
    paidFen: Joi.number().integer(),
  }),
});

function check<T>(schema: Joi.ObjectSchema<T>, value: unknown): T {
  const result = schema.validate(value);
  if (result.error) throw new Invalid("bad-request", { field: result.error.details[0]?.path.join(".") }, 400);
  return result.value as T;
}

const phoneOf = (desk: Desk, index: string | undefined): Phone => {
  const phone = desk.phones.find((one) => String(one.index) === index);
  if (!phone) throw new NotFound();
  return phone;
};

const sampleNames = () => listSamples().map(({ name, slot, phone }) => ({ name, slot, phone }));

function plainName(name: string | undefined): string {
  if (!name || !/^[a-z-]+\.(js|css)$/.test(name)) throw new NotFound();
  return name;
}

function sendFile(http: Context, file: URL): void {
  http.type = TYPES[extname(file.pathname)] ?? "application/octet-stream";
  http.body = createReadStream(file);
}

function errors(log: Log) {
  return async (http: Context, next: () => Promise<unknown>) => {
    try {
      await next();
    } catch (error) {
      const status = error instanceof AppError ? error.status : error instanceof SyntaxError ? 400 : 500;
      if (status === 500) log.error({ err: error }, "simulator.failed");
      http.status = status;
      http.body = { error: error instanceof AppError ? error.code : "failed" };
    }
  };
}
