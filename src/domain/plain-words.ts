/** A run of characters that an address consists of; brackets around an address stay outside. */
const RUN = /[!-'*-~]+/g;
/** A scheme, or a name with a top-level domain: WeChat makes a link of either. */
const ADDRESS = /:\/\/|[a-z0-9]\.[a-z]{2,}(?![a-z0-9])/i;

/**
 * Makes another person's words safe for our messages: no tag and no address becomes a link in the account's
 * name.
 */
export function plainWords(text: string): string {
  const withoutAddresses = text.replace(RUN, (run) => (ADDRESS.test(run) ? "…" : run));
  return withoutAddresses.replaceAll("<", "＜").replaceAll(">", "＞");
}
