import { textOf } from "../dom.ts";

const OPTIONS = { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 };

/**
 * Sends the position once, without telling; stops when it was accepted or is not permitted: then the driver
 * types the road.
 */
export function createPosition(form: HTMLFormElement, url: string) {
  let isAsked = form.dataset["step"] !== "photos";

  function send({ coords }: GeolocationPosition): void {
    const body = new URLSearchParams({
      _csrf: textOf(form, "_csrf"),
      lat: coords.latitude.toFixed(6),
      lng: coords.longitude.toFixed(6),
      accuracy: String(Math.round(coords.accuracy)),
    });
    const request = { method: "POST", headers: { accept: "application/json" }, body, keepalive: true };
    // Without a network it is sent with the next picture.
    fetch(url, request).then(
      ({ status }) => {
        isAsked = status < 500;
      },
      () => {
        isAsked = false;
      },
    );
  }

  return {
    take(): void {
      if (isAsked || !navigator.geolocation) return;
      isAsked = true;
      const failed = ({ code, PERMISSION_DENIED }: GeolocationPositionError) => {
        isAsked = code === PERMISSION_DENIED;
      };
      navigator.geolocation.getCurrentPosition(send, failed, OPTIONS);
    },
  };
}
