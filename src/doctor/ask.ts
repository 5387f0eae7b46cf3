import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import axios from "axios";
import { type Limit, limited } from "../timer.ts";

export interface Asked {
  status: number;
  text: string;
  /** the answer came from this program, not from a proxy in front of it */
  isOurs: boolean;
}

/** Sends a GET as a stranger would, without following redirects. Throws where there is no answer. */
export async function ask(url: string, { limit, ca }: { limit: Limit; ca?: string | undefined }): Promise<Asked> {
  const agent = new Agent(ca ? { ca: [...rootCertificates, ca] } : {});
  try {
    const { status, headers, data } = await limited(limit, (signal) =>
      axios.get<string>(url, {
        ...{ signal, httpsAgent: agent, proxy: false, maxRedirects: 0, maxContentLength: 1_000_000 },
        ...{ responseType: "text", transformResponse: (text: string) => text, validateStatus: () => true },
      }),
    );
    return { status, text: data, isOurs: headers["x-request-id"] !== undefined };
  } finally {
    agent.destroy();
  }
}
