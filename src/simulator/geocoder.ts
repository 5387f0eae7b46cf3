import { createHash } from "node:crypto";
import type Router from "@koa/router";

const PATH = "/ws/geocoder/v1/";
const SECRET = "simulator";
const ROAD = { address: "上海市黄浦区延安东路", recommend: "黄浦区延安东路（近外滩）" };

/** Stands in for Tencent's reverse geocoding: checks key and signature as it does, and names one road. */
export function geocoderRoutes(router: Router): void {
  router.get(`/simulator/geocoder${PATH}`, (http) => {
    const { sig, ...params } = http.query as Record<string, string>;
    const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
    const raw = sorted.map(([name, value]) => `${name}=${value}`).join("&");
    const right = createHash("md5").update(`${PATH}?${raw}${SECRET}`).digest("hex");
    if (params["key"] !== "simulator") http.body = { status: 311, message: "key格式错误" };
    else if (sig !== right) http.body = { status: 111, message: "签名验证失败" };
    else if (!/^-?[\d.]+,-?[\d.]+$/.test(params["location"] ?? ""))
      http.body = { status: 310, message: "请求参数信息有误" };
    else
      http.body = {
        status: 0,
        message: "query ok",
        result: { address: ROAD.address, formatted_addresses: { recommend: ROAD.recommend, rough: ROAD.recommend } },
      };
  });
}
