import type { Platform } from "../../src/simulator/platform/platform.ts";

type Phones = Pick<Platform, "people" | "inbox">;

/**
 * The newest line of the account to this person that the pattern fits, there already or as soon as it comes.
 */
export async function heard(platform: Phones, openid: string, pattern: RegExp): Promise<string> {
  const told = platform.people.find(openid) ? platform.inbox(openid) : [];
  return told.findLast(({ text = "" }) => pattern.test(text))?.text ?? nextHeard(platform, openid, pattern);
}

/**
 * Does one act on a person's phone, then waits for the account's answer that the pattern fits: the passive
 * reply, or a customer message where the server was late.
 */
export async function answered(
  platform: Phones,
  { openid, pattern }: { openid: string; pattern: RegExp },
  act: () => Promise<unknown>,
): Promise<string> {
  const answer = nextHeard(platform, openid, pattern);
  await act();
  return answer;
}

function nextHeard({ people }: Phones, openid: string, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const stop = people.onLine((to, { from, text = "" }) => {
      if (to !== openid || from === "me" || !pattern.test(text)) return;
      stop();
      resolve(text);
    });
  });
}
