// Page 2 and the extras: a viewfinder in the page with an outline of what to frame, the next place at once; the phone's own camera where there is none.
// What the machine finds in a picture is said here while the next one is being taken. Nothing newer than ES2017: one such sign and an old WebView runs nothing at all.
import { createQueue } from "./photo-queue.js";
import { createTiles } from "./photo-tiles.js";

const form = document.getElementById("act");
const camera = document.getElementById("camera");
const video = camera.querySelector("video");
const release = camera.querySelector("[data-shutter]");
const torch = camera.querySelector("[data-torch]");
const news = camera.querySelector("[data-news]");
const shoot = document.getElementById("shoot");
const tiles = createTiles(form);
const { tileOf, text } = tiles;
let current = null;
let stream = null;
let step = form.dataset.step;
let hasCamera = Boolean(navigator.mediaDevices && "getUserMedia" in navigator.mediaDevices);

document.body.classList.add("kc-js");
for (const byHand of document.querySelectorAll("#send")) byHand.hidden = true;
if (shoot) shoot.hidden = false;
renew();

function show(slot, state, detail) {
  const tile = tileOf(slot);
  if (!tile) return;
  if (state === "signed-out") return signInAgain();
  if (state === "sending") tiles.sending(tile, detail);
  if (state === "waiting") tiles.waiting(tile, detail);
  if (state === "stored") {
    step = detail.step;
    tiles.stored(tile, detail);
  }
  if (state === "refused" || state === "failed") {
    const sentence = state === "refused" ? detail.message : detail;
    tiles.failed(tile, sentence || text("failed"), state === "refused");
    say(slot, sentence || text("failed"));
  }
  document.getElementById("offline").hidden = !tiles.all.some((one) => one.dataset.state === "waiting");
  renew();
  goOn();
}

function isSentBack({ dataset }) {
  return dataset.state === "failed" || dataset.state === "refused";
}

// What is still to do, said in the title, the counter, the strip of the viewfinder and on the one green button.
function renew() {
  tiles.count();
  for (const button of camera.querySelectorAll("[data-aim]")) {
    const tile = tileOf(button.dataset.aim);
    tiles.copyState(tile, button);
    const { src } = tile.querySelector("img");
    const picture = button.querySelector("img");
    if (picture.src !== src) picture.src = src;
    button.setAttribute("aria-current", String(button.dataset.aim === current));
  }
  camera.querySelector("[data-count]").textContent = tiles.mandatory.length > 0 ? tiles.done() : "";
  if (!shoot || tiles.isNew()) return;
  const next = tiles.nextEmpty();
  shoot.disabled = next === null;
  if (next === null) shoot.textContent = text("sending");
  else {
    const key = isSentBack(tileOf(next)) ? "takeAgain" : "takeNext";
    shoot.textContent = text(key).replace("{slot}", tiles.nameOf(next));
  }
}

// While he films the picture before is answered in the viewfinder; the button leads back to its place.
function say(slot, sentence) {
  if (camera.hidden) return;
  news.hidden = false;
  news.dataset.slot = slot;
  news.querySelector("span").textContent = `${tiles.nameOf(slot)} · ${sentence}`;
}

// All five are safe: the next page, asked for once, or it makes two codes for the other driver. Not while he films: that picture would be lost.
let isLeaving = false;
addEventListener("pageshow", () => {
  isLeaving = false;
});
function goOn() {
  if (step === form.dataset.step || step === "photos" || form.dataset.step !== "photos") return;
  if (isLeaving || !camera.hidden || document.hidden || tiles.isUnderWay()) return;
  isLeaving = true;
  location.assign(form.dataset.next);
}
document.addEventListener("visibilitychange", goOn);

// A new page brings a new session, once a minute at most: a server that refuses for good must not make the page spin.
function signInAgain() {
  const last = Number(sessionStorage.getItem("kc-signed-in-again") || 0);
  if (Date.now() - last < 60000) return;
  sessionStorage.setItem("kc-signed-in-again", String(Date.now()));
  location.reload();
}

const queue = createQueue(form, show);

function take(slot, blob) {
  tiles.taken(tileOf(slot), blob);
  if (news.dataset.slot === slot) news.hidden = true;
  takePosition();
  renew();
  queue.add(slot, blob);
}

// The place where the cars stand, asked silently, and no more once it is told or not allowed: without it the driver writes the road.
let asked = form.dataset.step !== "photos";
function takePosition() {
  if (asked || !navigator.geolocation) return;
  asked = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const body = new URLSearchParams({
        _csrf: form.elements["_csrf"].value,
        lat: coords.latitude.toFixed(6),
        lng: coords.longitude.toFixed(6),
        accuracy: String(Math.round(coords.accuracy)),
      });
      const request = { method: "POST", headers: { accept: "application/json" }, body, keepalive: true };
      // Without a network: with the next picture again.
      fetch(form.dataset.position, request).then(
        ({ status }) => {
          asked = status < 500;
        },
        () => {
          asked = false;
        },
      );
    },
    ({ code, PERMISSION_DENIED }) => {
      asked = code === PERMISSION_DENIED;
    },
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 },
  );
}

async function openCamera(slot) {
  aim(slot);
  if (!stream) {
    try {
      const wish = { facingMode: { ideal: "environment" }, width: { ideal: 3840 }, height: { ideal: 2160 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    } catch (_refused) {
      // Refused, or taken by another app: the phone's own camera does it.
      hasCamera = false;
      return tileOf(slot).querySelector("input").click();
    }
  }
  video.srcObject = stream;
  camera.hidden = false;
  document.body.classList.add("kc-filming");
  offerTorch();
  await video.play();
  release.disabled = false;
  release.focus();
}

// Some phones let the page switch their lamp; it is what a plate in the dark needs.
function offerTorch() {
  const [track] = stream.getVideoTracks();
  const can = typeof track.getCapabilities === "function" && track.getCapabilities().torch === true;
  torch.hidden = !can;
  torch.setAttribute("aria-pressed", "false");
}
torch.addEventListener("click", async () => {
  const on = torch.getAttribute("aria-pressed") !== "true";
  const [track] = stream.getVideoTracks();
  await track.applyConstraints({ advanced: [{ torch: on }] });
  torch.setAttribute("aria-pressed", String(on));
});

function aim(slot) {
  current = slot;
  const tile = tileOf(slot);
  camera.querySelector(".kc-camera__outline").src = `/assets/h5/outline-${tile.dataset.outline}.svg`;
  camera.querySelector("#camera-slot").textContent = tiles.nameOf(slot);
  camera.querySelector("[data-hint]").textContent = tile.querySelector(
    isSentBack(tile) ? "[data-error]" : ".kc-shot__hint",
  ).textContent;
  if (news.dataset.slot === slot) news.hidden = true;
  renew();
}

function closeCamera() {
  if (stream) for (const track of stream.getTracks()) track.stop();
  stream = null;
  release.disabled = true;
  news.hidden = true;
  camera.hidden = true;
  document.body.classList.remove("kc-filming");
  goOn();
}

function shutter() {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  const slot = current;
  camera.classList.add("kc-camera_flash");
  setTimeout(() => camera.classList.remove("kc-camera_flash"), 150);
  // A second tap of a wet finger would put the same picture into the next place.
  release.disabled = true;
  setTimeout(() => {
    release.disabled = stream === null;
  }, 500);
  tileOf(slot).dataset.state = "sending";
  canvas.toBlob((blob) => take(slot, blob), "image/jpeg", 0.92);
  const next = tiles.mandatory.includes(tileOf(slot)) ? tiles.nextEmpty() : null;
  if (next === null) return closeCamera();
  aim(next);
}

for (const tile of tiles.all) {
  const input = tile.querySelector("input");
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) take(tile.dataset.slot, file);
    input.value = "";
  });
  tile.querySelector("label").addEventListener("click", (event) => {
    if (!hasCamera) return;
    event.preventDefault();
    openCamera(tile.dataset.slot);
  });
}
for (const button of camera.querySelectorAll("[data-aim]"))
  button.addEventListener("click", () => aim(button.dataset.aim));
news.querySelector("button").addEventListener("click", () => aim(news.dataset.slot));
if (shoot)
  shoot.addEventListener("click", () => {
    const slot = tiles.nextEmpty() || "scene";
    if (hasCamera) openCamera(slot);
    else tileOf(slot).querySelector("input").click();
  });
release.addEventListener("click", shutter);
camera.querySelector("[data-close]").addEventListener("click", closeCamera);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !camera.hidden) closeCamera();
});
queue.resume();

// A plate is read some seconds after its picture has arrived, and pictures of the chat arrive by themselves.
const EVERY_MS = 2000;
async function look() {
  if (document.hidden) return;
  const response = await fetch(form.dataset.live, { headers: { accept: "application/json" } });
  if (!response.ok) return;
  const live = await response.json();
  step = live.step;
  tiles.news(live.photos);
  renew();
  goOn();
}
async function keepLooking() {
  if (tiles.expectsNews()) await look().catch(() => undefined);
  setTimeout(keepLooking, EVERY_MS);
}
if (tiles.mandatory.length > 0) {
  setTimeout(keepLooking, EVERY_MS);
  // He comes back, perhaps from the chat, to which he has sent them.
  document.addEventListener("visibilitychange", () => look().catch(() => undefined));
}
