// Page 2: a viewfinder in the page with an outline of what to frame, the next place at once; the phone's own camera where there is none.
import { createQueue } from "./photo-queue.js";

const form = document.getElementById("act");
const camera = document.getElementById("camera");
const video = camera.querySelector("video");
const release = camera.querySelector("[data-shutter]");
const shoot = document.getElementById("shoot");
const tiles = [...document.querySelectorAll("[data-slot]")];
const tileOf = (slot) => tiles.find((tile) => tile.dataset.slot === slot);
const mandatory = tiles.filter((tile) => tile.dataset.slot !== "extra");
const text = (state) => form.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`];
let current = null;
let stream = null;
let step = form.dataset.step;
let news = false;
let hasCamera = Boolean(navigator.mediaDevices?.getUserMedia);

document.body.classList.add("kc-js");
if (shoot) {
  shoot.hidden = false;
  document.getElementById("send").hidden = true;
}

function show(slot, state, detail) {
  const tile = tileOf(slot);
  if (!tile) return;
  if (state === "signed-out") return signInAgain();
  tile.dataset.state = state;
  const progress = tile.querySelector("progress");
  progress.hidden = state !== "sending";
  if (state === "sending") progress.value = detail;
  const words = state === "stored" ? text("retake") : state === "failed" ? (detail ?? text("failed")) : text(state);
  tile.querySelector("[data-state-text]").textContent = words;
  if (detail instanceof Blob) preview(tile, detail);
  if (state === "failed") drop(tile);
  document.getElementById("offline").hidden = !tiles.some((one) => one.dataset.state === "waiting");
  if (state === "stored") {
    step = detail.step;
    news = true;
    goOn();
  }
}

// Once nothing is under way the page is read anew: swapping, what is still missing, or the next step.
function goOn() {
  const isUnderWay = tiles.some((tile) => ["sending", "waiting"].includes(tile.dataset.state));
  if (isUnderWay || !news || !camera.hidden) return;
  if (step === form.dataset.step) location.reload();
  else location.assign(form.dataset.next);
}

// A new page brings a new session, once a minute at most: a server that refuses for good must not make the page spin.
function signInAgain() {
  const last = Number(sessionStorage.getItem("kc-signed-in-again") ?? 0);
  if (Date.now() - last < 60000) return;
  sessionStorage.setItem("kc-signed-in-again", String(Date.now()));
  location.reload();
}

const before = new Map();
function preview(tile, blob) {
  const picture = tile.querySelector("img");
  if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
  else before.set(tile, [picture.src, picture.className]);
  picture.src = URL.createObjectURL(blob);
  picture.className = "kc-shot__picture";
}

// A picture that was refused may be none at all: what stood there stands there again.
function drop(tile) {
  const picture = tile.querySelector("img");
  if (!picture.src.startsWith("blob:")) return;
  URL.revokeObjectURL(picture.src);
  [picture.src, picture.className] = before.get(tile);
}

const queue = createQueue(form, show);

function take(slot, blob) {
  preview(tileOf(slot), blob);
  tileOf(slot).dataset.state = "sending";
  takePosition();
  queue.add(slot, blob);
}

// The place where the cars stand, asked once and silently: without it the driver writes the road.
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
      fetch(form.dataset.position, { method: "POST", headers: { accept: "application/json" }, body, keepalive: true });
    },
    () => undefined,
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 },
  );
}

const isEmpty = (tile) => !["stored", "sending", "waiting", "announced"].includes(tile.dataset.state);
const nextEmpty = () => mandatory.find(isEmpty)?.dataset.slot ?? null;

async function openCamera(slot) {
  current = slot;
  aim();
  if (!stream) {
    try {
      const wish = { facingMode: { ideal: "environment" }, width: { ideal: 3840 }, height: { ideal: 2160 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    } catch {
      // Refused, or taken by another app: the phone's own camera does it.
      hasCamera = false;
      return tileOf(slot).querySelector("input").click();
    }
  }
  video.srcObject = stream;
  camera.hidden = false;
  document.body.classList.add("kc-filming");
  await video.play();
  release.disabled = false;
  release.focus();
}

function aim() {
  const tile = tileOf(current);
  camera.querySelector(".kc-camera__outline").src = `/assets/h5/slot-${current}.svg`;
  camera.querySelector("#camera-slot").textContent = tile.querySelector(".kc-shot__name").textContent;
  camera.querySelector("[data-hint]").textContent = tile.dataset.hint;
  const taken = mandatory.filter((one) => !isEmpty(one)).length;
  camera.querySelector("[data-count]").textContent = `${taken}/${mandatory.length}`;
}

function closeCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  release.disabled = true;
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
  tileOf(slot).dataset.state = "sending";
  canvas.toBlob((blob) => take(slot, blob), "image/jpeg", 0.92);
  const next = nextEmpty();
  if (!next) return closeCamera();
  current = next;
  aim();
}

for (const tile of tiles) {
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
shoot?.addEventListener("click", () => {
  const slot = nextEmpty() ?? "scene";
  if (hasCamera) openCamera(slot);
  else tileOf(slot).querySelector("input").click();
});
release.addEventListener("click", shutter);
camera.querySelector("[data-close]").addEventListener("click", closeCamera);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !camera.hidden) closeCamera();
});
queue.resume();
