const OPTIONS = { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 };

/** Where a position goes. */
export interface Address {
  url: string;
  token: string;
}

/** The answer to a position: taken, refused with a sentence, or not arrived. */
export type Answer = { kind: "taken" } | { kind: "refused"; sentence: string } | { kind: "lost" };

async function send({ url, token }: Address, { coords }: GeolocationPosition): Promise<Answer> {
  const body = new URLSearchParams({
    _csrf: token,
    lat: coords.latitude.toFixed(6),
    lng: coords.longitude.toFixed(6),
    accuracy: String(Math.round(coords.accuracy)),
  });
  try {
    const answer = await fetch(url, { method: "POST", headers: { accept: "application/json" }, body, keepalive: true });
    // read in any case: else it keeps its connection
    const text = await answer.text();
    if (answer.ok) return { kind: "taken" };
    if (answer.status >= 500) return { kind: "lost" };
    const { error } = JSON.parse(text) as { error: { message: string } };
    return { kind: "refused", sentence: error.message };
  } catch {
    return { kind: "lost" };
  }
}

/** Asks the phone where it is and sends it; `denied`: the driver or the phone does not say. */
export function locate(address: Address, { fresh = false } = {}): Promise<Answer | { kind: "denied" }> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      (position) => resolve(send(address, position)),
      ({ code, PERMISSION_DENIED }) => resolve({ kind: code === PERMISSION_DENIED ? "denied" : "lost" }),
      fresh ? { ...OPTIONS, maximumAge: 0 } : OPTIONS,
    );
  });
}

/** Shows a refusal where the page has room for it. */
export function sayRefused(sentence: string): void {
  const said = document.querySelector<HTMLElement>("[data-locate-said]");
  if (!said) return;
  said.textContent = sentence;
  said.hidden = false;
}

/**
 * Sends the position once, without asking; stops when it was accepted, refused with a sentence, or is not
 * permitted: then the driver types the road.
 */
export function createPosition(address: Address, { isWanted }: { isWanted: boolean }) {
  let isAsked = !isWanted;
  return {
    take(): void {
      if (isAsked || !navigator.geolocation) return;
      isAsked = true;
      locate(address).then((answer) => {
        if (answer.kind === "refused") sayRefused(answer.sentence);
        // Without a network it is sent with the next picture.
        isAsked = answer.kind !== "lost";
      });
    },
  };
}
