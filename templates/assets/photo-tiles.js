// The places of the photographs on the page: what stands in each, how it goes on, what the machine says of it.
const UNDER_WAY = ["sending", "waiting"];
const THERE = ["stored", "sending", "waiting", "announced"];
/** How often a plate that was not read yet is asked for: the reader needs a second or two, and may not be there at all. */
const LOOKS = 15;

/** `form` carries the sentences (data-text-…). A tile's state: empty, sending, waiting, stored, failed, announced, refused. */
export function createTiles(form) {
  const all = [...document.querySelectorAll("[data-slot]")].filter((one) => one.querySelector("input[type=file]"));
  const mandatory = all.filter((tile) => tile.classList.contains("kc-shot"));
  const tileOf = (slot) => all.find((tile) => tile.dataset.slot === slot);
  const text = (name) => form.dataset[`text${name[0].toUpperCase()}${name.slice(1).toLowerCase()}`];
  const before = new Map();
  let looks = LOOKS;

  // toggleAttribute is younger than the oldest phones that come here.
  const mark = (element, name, on) => (on ? element.setAttribute(name, "") : element.removeAttribute(name));
  const part = (tile, name) => tile.querySelector(`[data-${name}]`);
  function write(tile, name, words) {
    const element = part(tile, name);
    if (!element) return;
    element.textContent = words;
    element.hidden = words === "";
  }

  function state(tile, name, words) {
    tile.dataset.state = name;
    tile.querySelector("progress").hidden = name !== "sending";
    write(tile, "state-text", words);
  }

  function forget(picture) {
    if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
  }

  function preview(tile, blob) {
    const picture = tile.querySelector("img");
    if (!picture.src.startsWith("blob:")) before.set(tile, picture.src);
    forget(picture);
    picture.src = URL.createObjectURL(blob);
  }

  // A picture that was refused may be none at all: what stood there stands there again.
  function drop(tile) {
    const picture = tile.querySelector("img");
    forget(picture);
    if (before.has(tile)) picture.src = before.get(tile);
  }

  function drawPlate(tile, plate) {
    const place = part(tile, "plate");
    if (!place) return;
    place.hidden = !plate;
    place.textContent = "";
    if (!plate) return;
    const drawn = document.createElement("span");
    drawn.className = `kc-plate kc-plate_small${plate.plate.length === 8 ? " kc-plate_green" : ""}`;
    const dot = document.createElement("i");
    dot.textContent = "·";
    drawn.append(plate.plate.slice(0, 2), dot, plate.plate.slice(2));
    place.append(`${text(plate.sure ? "read" : "readMaybe")} `, drawn);
  }

  // The forms that move a picture to another place know it by its id.
  function offerMoves({ slot, photo, thumb }) {
    for (const pair of document.querySelectorAll(`[data-pair~="${slot}"]`)) {
      pair.elements["photo"].value = photo;
      pair.elements["slot"].value = pair.dataset.pair.split(" ").find((one) => one !== slot);
    }
    for (const button of document.querySelectorAll(`[data-with~="${slot}"]`)) button.hidden = false;
    const row = document.querySelector(`[data-move="${slot}"]`);
    if (!row) return;
    row.hidden = false;
    row.elements["photo"].value = photo;
    row.querySelector("img").src = thumb;
    document.querySelector("[data-misplaced]").hidden = false;
  }

  function told(tile, answer) {
    const words = answer.findings.map((finding) => finding.text);
    if (answer.asItIs) words.unshift(text("asItIs"));
    write(tile, "finding", words.join(" "));
    mark(tile, "data-warned", words.length > 0);
    drawPlate(tile, answer.plate);
    for (const line of document.querySelectorAll("[data-fine]")) {
      if (words.length > 0) line.hidden = false;
    }
  }

  function stored(tile, answer) {
    const isExtra = !mandatory.includes(tile);
    const count = Number(tile.dataset.count || 0) + 1;
    if (isExtra) tile.dataset.count = String(count);
    state(tile, "stored", isExtra ? text("added").replace("{n}", count) : text("retake"));
    write(tile, "error", "");
    const picture = tile.querySelector("img");
    if (answer.thumb) {
      forget(picture);
      picture.src = answer.thumb;
    }
    before.delete(tile);
    told(tile, answer);
    if (!isExtra) offerMoves(answer);
    looks = LOOKS;
  }

  function failed(tile, sentence, isBlocked, name = "failed") {
    drop(tile);
    state(tile, name, text("retake"));
    write(tile, "error", sentence);
    if (!isBlocked || !mandatory.includes(tile)) return;
    const third = document.createElement("span");
    third.className = "kc-shot__third";
    third.textContent = text("third");
    part(tile, "error").append(" ", third);
  }

  function hear(answer) {
    const tile = tileOf(answer.slot);
    if (!tile || UNDER_WAY.includes(tile.dataset.state) || tile.dataset.state === "failed") return;
    const wasStored = tile.dataset.state === "stored";
    if (answer.state === "stored") return wasStored ? told(tile, answer) : stored(tile, answer);
    if (wasStored) return;
    if (answer.state === "refused") return failed(tile, answer.refusal, answer.findings.length > 0, "refused");
    state(tile, "announced", text("announced"));
    write(tile, "error", "");
  }

  function copyState(tile, to) {
    to.dataset.state = tile.dataset.state;
    mark(to, "data-warned", "warned" in tile.dataset);
  }

  const isPlate = (tile) => tile.dataset.outline === "plate";
  const done = () => mandatory.filter((tile) => THERE.includes(tile.dataset.state)).length;

  return {
    all,
    mandatory,
    tileOf,
    text,
    copyState,
    nameOf: (slot) => tileOf(slot).querySelector(".kc-shot__name").lastChild.textContent,
    done: () => `${done()}/${mandatory.length}`,
    isNew: () => mandatory.every((tile) => tile.dataset.state === "empty"),
    isUnderWay: () => all.some((tile) => UNDER_WAY.includes(tile.dataset.state)),
    nextEmpty() {
      const tile = mandatory.find((one) => !THERE.includes(one.dataset.state));
      return tile ? tile.dataset.slot : null;
    },
    taken(tile, blob) {
      preview(tile, blob);
      state(tile, "sending", text("sending"));
      write(tile, "finding", "");
      write(tile, "error", "");
      tile.removeAttribute("data-warned");
      drawPlate(tile, null);
    },
    sending(tile, share) {
      state(tile, "sending", text(share < 1 ? "sending" : "checking"));
      tile.querySelector("progress").value = share;
    },
    waiting(tile, blob) {
      if (blob instanceof Blob) preview(tile, blob);
      state(tile, "waiting", text("waiting"));
    },
    stored,
    failed,
    /** Something may still change by itself: a picture of the chat is on its way, or a plate is being read. */
    expectsNews() {
      if (mandatory.some((tile) => tile.dataset.state === "announced")) return true;
      const unread = mandatory.some(
        (tile) => isPlate(tile) && tile.dataset.state === "stored" && part(tile, "plate").hidden,
      );
      if (unread) looks -= 1;
      return unread && looks > 0;
    },
    /** The server's own account of the places; what this phone is just sending goes before it. */
    news(answers) {
      for (const answer of answers) hear(answer);
      const named = answers.map(({ slot }) => slot);
      // Announced for one place, a picture of the chat has found another.
      const left = mandatory.filter((tile) => tile.dataset.state === "announced" && !named.includes(tile.dataset.slot));
      for (const tile of left) state(tile, "empty", "");
    },
    /** Title and counter. */
    count() {
      const counter = document.querySelector("[data-counter]");
      if (!counter) return;
      for (const step of counter.querySelectorAll("[data-of]")) copyState(tileOf(step.dataset.of), step);
      const safe = mandatory.filter((tile) => tile.dataset.state === "stored").length;
      write(counter, "counted", text("count").replace("{n}", safe));
      const left = mandatory.length - done();
      if (this.isNew()) return;
      const title = left === 0 ? text("titleDone") : text("titleMore").replace("{n}", left);
      const heading = document.querySelector("h1");
      if (heading.textContent !== title) heading.textContent = title;
    },
  };
}
