const WISH = { facingMode: { ideal: "environment" }, width: { ideal: 3840 }, height: { ideal: 2160 } };
/** A camera that another app holds, or a question that nobody sees, never answers. */
const OPENING_MS = 8000;
const LOOK_MS = 100;

export const stop = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

export const trackOf = (stream: MediaStream | null): MediaStreamTrack | undefined => stream?.getVideoTracks()[0];

/** True while the camera sends frames; a call, or WeChat in the background, takes it away. */
export function sendsFrames(stream: MediaStream | null): boolean {
  const track = trackOf(stream);
  return track !== undefined && track.readyState === "live" && !track.muted;
}

/**
 * Plays the phone's camera in `video`, which has a size when this resolves. Null without one: refused, not
 * answered within eight seconds, without a frame, or no longer wanted (`isWanted`) when it came.
 */
export async function openCamera(video: HTMLVideoElement, isWanted: () => boolean): Promise<MediaStream | null> {
  let isOver = false;
  let given: MediaStream | null = null;

  async function open(): Promise<MediaStream | null> {
    const stream = await navigator.mediaDevices.getUserMedia({ video: WISH, audio: false });
    given = stream;
    if (isOver || !isWanted()) {
      stop(stream);
      return null;
    }
    video.srcObject = stream;
    await video.play();
    while (!isOver && video.videoWidth === 0) await pause(LOOK_MS);
    return stream;
  }

  const opened = open().catch(() => null);
  const stream = await Promise.race([opened, pause(OPENING_MS)]);
  isOver = true;
  if (stream) return stream;
  if (given) stop(given);
  return null;
}

export const pause = (ms: number): Promise<null> => new Promise((resolve) => setTimeout(() => resolve(null), ms));
