import { all } from "../dom.ts";
import { locate, sayRefused } from "./position.ts";

/** The buttons that take the position anew: the page is shown again with it, or says why not. */
export function startLocateButtons(): void {
  if (!navigator.geolocation) return;
  for (const button of all<HTMLButtonElement>("button[data-locate]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      const { locate: url = "", csrf: token = "" } = button.dataset;
      const answer = await locate({ url, token }, { fresh: true });
      if (answer.kind === "taken") return location.reload();
      const denied = document.querySelector<HTMLElement>("[data-locate-said]")?.dataset["denied"] ?? "";
      sayRefused(answer.kind === "refused" ? answer.sentence : denied);
      button.disabled = false;
    });
  }
}

/** The second driver's phone says once where it is, while the cars stand. */
export function locateOnce(): void {
  const place = document.querySelector<HTMLElement>("[data-locate-once]");
  if (!place || !navigator.geolocation) return;
  const { locateOnce: url = "", csrf: token = "" } = place.dataset;
  locate({ url, token }).then((answer) => {
    if (answer.kind === "refused") sayRefused(answer.sentence);
  });
}
