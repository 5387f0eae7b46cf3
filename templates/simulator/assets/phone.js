// Inside a phone of the simulator: a desk has no camera roll and no position at the kerb, so the phone brings both.
(() => {
  const index = /\/simulator\/phones\/(\d)/.exec(location.pathname)?.[1] ?? "1";
  // The page falls back to the picture input, which opens our roll.
  Object.defineProperty(navigator, "mediaDevices", { value: undefined });
  const position = { coords: { latitude: 31.230416, longitude: 121.473701, accuracy: 15 }, timestamp: Date.now() };
  Object.defineProperty(navigator, "geolocation", {
    value: { getCurrentPosition: (done) => setTimeout(() => done(position), 50) },
  });

  addEventListener(
    "click",
    (event) => {
      const input = event.target.closest("label")?.control ?? event.target;
      if (input?.type !== "file" || event.altKey) return;
      event.preventDefault();
      openRoll(input);
    },
    true,
  );

  // Nobody invents an identity number whose check digit holds: a press fills the form in, and leaves what was typed.
  const PLACE = { address: "人民大道近黄陂北路，由东向西" };
  const PEOPLE = {
    1: { name: "张伟", idNumber: "310101199003077413", phone: "13800138000", serial: "A62K18", insurerCode: "PICC" },
    2: { name: "李娜", idNumber: "310115194910010031", phone: "13900139000", serial: "AD05271", insurerCode: "CPIC" },
  };
  addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("act");
    const sample = Object.entries({ ...PLACE, ...PEOPLE[index] }).filter(([name]) => form?.elements[name]);
    if (!sample.some(([name]) => name !== "name" && form.elements[name].type !== "hidden")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "填示例 Sample";
    button.style.cssText =
      "display:block;margin:0 16px 16px;padding:8px 14px;border:0;border-radius:20px;background:#10aeff;color:#fff;font-size:14px";
    button.addEventListener("click", () => {
      for (const [name, value] of sample) form.elements[name].value ||= value;
      button.remove();
    });
    form.prepend(button);
  });

  async function openRoll(input) {
    const page = await (await fetch("/simulator")).text();
    const samples = new DOMParser()
      .parseFromString(page, "text/html")
      .querySelectorAll(`[data-phone="${index}"] [data-sample]`);
    const roll = document.createElement("div");
    roll.style.cssText =
      "position:fixed;inset:auto 0 0;z-index:9999;background:#fff;color:#111;padding:14px;border-radius:14px 14px 0 0;box-shadow:0 -8px 30px #0005;display:grid;grid-template-columns:repeat(3,1fr);gap:8px;font-size:12px";
    roll.setAttribute("role", "dialog");
    roll.setAttribute("aria-label", "相册 Camera roll");
    for (const sample of samples) {
      const button = document.createElement("button");
      button.type = "button";
      button.style.cssText = "border:0;padding:0;background:none;text-align:center";
      button.title = sample.title;
      const picture = document.createElement("img");
      Object.assign(picture, { src: `/simulator/samples/${sample.dataset.sample}`, alt: sample.title });
      // The page's policy takes styles from a script's hand, not from a text.
      picture.style.cssText = "width:100%;aspect-ratio:4/3;object-fit:cover;border-radius:8px";
      button.append(picture);
      button.addEventListener("click", () => choose(input, sample.dataset.sample, roll));
      roll.append(button);
    }
    const own = document.createElement("small");
    own.textContent = "按住 Alt 点击可选自己的照片。Alt-click the field for a picture of your own.";
    own.style.gridColumn = "1 / -1";
    roll.append(own);
    document.body.append(roll);
  }

  async function choose(input, name, roll) {
    const bytes = await (await fetch(`/simulator/samples/${name}`)).blob();
    const chosen = new DataTransfer();
    chosen.items.add(new File([bytes], name.endsWith(".jpg") ? name : `${name}.jpg`, { type: "image/jpeg" }));
    input.files = chosen.files;
    roll.remove();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
})();
