import axios from "axios";
import { sign } from "../../insurers/standard-webhooks.ts";

/** Fields of `claim.status` that override the stand-in's own, also with wrong values. */
export interface StatusInput extends Record<string, unknown> {
  status: string;
  sequence?: number;
  webhookId?: string;
}

export interface SentStatus {
  /** of the app's answer */
  status: number;
  body: Record<string, unknown>;
  webhookId: string;
}

interface Post {
  url: string;
  secrets: readonly string[];
  now: Date;
  id: string;
  body: Record<string, unknown>;
}

/** Posts a call-back as an insurer does: signed over the exact bytes. */
export async function sendStatus({ url, secrets, now, id, body }: Post): Promise<SentStatus> {
  const { webhookId: _, ...fields } = body;
  const bytes = Buffer.from(JSON.stringify(fields));
  const headers = sign({ id, timestamp: Math.floor(now.getTime() / 1000), body: bytes, secrets });
  const response = await axios.post<Record<string, unknown>>(url, bytes, {
    headers: { ...headers, "content-type": "application/json" },
    validateStatus: () => true,
    proxy: false,
    timeout: 15_000,
  });
  return { status: response.status, body: response.data, webhookId: id };
}
