/** Lives of a code that an open page asks for by itself; after them the page's button does. */
const MOST_RENEWALS = 8;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** Refusals that pass; any other is said by the page itself once it is asked for again. */
const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 429;

/**
 * Renews the code on an open page when it runs out: posts the card's own form and puts the new card in its
 * place. While the page is hidden it waits.
 */
export function keepCodeAlive(card: HTMLElement, left = MOST_RENEWALS): void {
  const dueAt = performance.now() + Number(card.dataset["renewIn"]);
  let pause = FIRST_PAUSE_MS;

  async function renew(): Promise<void> {
    const form = card.querySelector("form");
    if (!card.isConnected || !form || left === 0) return;
    if (document.hidden) return document.addEventListener("visibilitychange", check, { once: true });
    try {
      const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
      const posted = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
      await posted.text();
      if (!posted.ok && !isPassing(posted.status)) return;
      if (!posted.ok) throw new Error(String(posted.status));
      const page = await (await fetch(location.href)).text();
      const fresh = new DOMParser().parseFromString(page, "text/html").querySelector<HTMLElement>("[data-renew-in]");
      // Somebody has joined meanwhile: the strip says so.
      if (!fresh) return;
      card.replaceWith(fresh);
      keepCodeAlive(fresh, left - 1);
    } catch {
      setTimeout(renew, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  function check(): void {
    const ms = dueAt - performance.now();
    if (ms > 0) setTimeout(check, ms);
    else void renew();
  }

  check();
}

/** The code is of no use any more: somebody has joined with it. */
export function codeIsUsed(): void {
  for (const element of Array.from(document.querySelectorAll("[data-until-joined]"))) element.remove();
  for (const element of Array.from(document.querySelectorAll<HTMLElement>("[data-once-joined]")))
    element.hidden = false;
}
