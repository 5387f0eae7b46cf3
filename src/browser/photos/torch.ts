/** Control of a phone's lamp, for plates in the dark. Not in the DOM's types (Image Capture). */
interface WithTorch {
  torch?: boolean;
}

/** Shows the button that switches the lamp of the camera's track, if there is one. */
export function createTorch(button: HTMLButtonElement) {
  let track: MediaStreamTrack | undefined;
  button.addEventListener("click", async () => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    if (track) await track.applyConstraints({ advanced: [{ torch: isOn } as WithTorch as MediaTrackConstraintSet] });
    button.setAttribute("aria-pressed", String(isOn));
  });
  return {
    offer(given: MediaStreamTrack | undefined): void {
      track = given;
      const canAsk = track && typeof track.getCapabilities === "function";
      button.hidden = !(track && canAsk && (track.getCapabilities() as WithTorch).torch === true);
      button.setAttribute("aria-pressed", "false");
    },
  };
}
