// The stage: draws what /simulator/state tells, sends what a thumb does. No library.
const phones = [...document.querySelectorAll(".phone")].map((root) => ({ root, index: root.dataset.phone, drawn: 0 }));

const post = async (path, body, type = "text/plain") => {
  const answer = await fetch(path, { method: "POST", body, headers: { "content-type": type } });
  refresh();
  return answer.json();
};
const act = (phone, name, body = "") => post(`/simulator/phones/${phone.index}/acts/${name}`, body);
const element = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

function openPage(phone, url) {
  const path = new URL(url, location.href);
  const web = phone.root.querySelector(".web");
  web.hidden = false;
  web.querySelector("iframe").src = `/simulator/phones/${phone.index}/web${path.pathname}${path.search}`;
}

function linked(phone, text) {
  const parts = String(text).split(/(https?:\/\/[^\s，。）)]+)/);
  return parts.map((part, i) =>
    i % 2 === 0 ? part : pageLink(phone, part, part.includes("/h5") ? "打开页面 Open ›" : part),
  );
}

function pageLink(phone, url, words) {
  const link = element("a", { href: url, textContent: words });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    openPage(phone, url);
  });
  return link;
}

const pictureLink = (src) =>
  element("a", { href: src, target: "_blank", title: "放大 Enlarge" }, element("img", { src, alt: "照片 Picture" }));

// What a template's own text says before these fields.
const FIELD_NAMES = { character_string1: "编号 No.", thing2: "进展 News", time3: "时间 Time" };

const LINES = {
  text: (phone, line) => element("li", {}, ...linked(phone, line.text ?? "")),
  location: (_phone, line) => element("li", {}, `📍 ${line.text}`),
  notice: (_phone, line) => element("li", { className: "note" }, line.text ?? ""),
  image: (_phone, line) => element("li", { className: "picture" }, pictureLink(`/simulator/pictures/${line.mediaId}`)),
  news: (phone, line) =>
    element("li", { className: "card" }, ...(line.articles ?? []).map((one) => pageLink(phone, one.url, one.title))),
  link: (phone, line) => element("li", {}, pageLink(phone, line.url, line.title)),
  menu: (_phone, line) =>
    element("li", {}, line.text ?? "", ...(line.items ?? []).map((item) => element("div", {}, item.content))),
  "mini-program": (_phone, line) => element("li", {}, line.title ?? ""),
  template: (phone, line) => {
    const rows = Object.entries(line.fields ?? {}).flatMap(([name, value]) => [
      element("dt", {}, FIELD_NAMES[name] ?? name),
      element("dd", {}, value),
    ]);
    return element(
      "li",
      { className: "card" },
      element("strong", {}, "服务通知"),
      element("dl", {}, ...rows),
      pageLink(phone, line.url ?? "/h5", "详情"),
    );
  },
};

function drawChat(phone, { follows, chat }) {
  phone.root.querySelector(".follow").hidden = follows;
  phone.root.querySelector(".follow").style.display = follows ? "none" : "";
  const list = phone.root.querySelector(".chat");
  const fresh = chat.filter((line) => line.seq > phone.drawn);
  if (chat.length === 0 && phone.drawn > 0) {
    list.replaceChildren();
    phone.drawn = 0;
  }
  for (const line of fresh) {
    const node = LINES[line.kind](phone, line);
    if (line.from === "me") node.classList.add("me");
    list.append(node);
    phone.drawn = line.seq;
  }
  countUnread(phone, fresh.filter((line) => line.from === "account").length);
  if (fresh.length > 0) list.scrollTop = list.scrollHeight;
}

// What was said while a page covers the chat.
function countUnread(phone, more) {
  const isCovered = !phone.root.querySelector(".web").hidden;
  phone.unread = isCovered ? (phone.unread ?? 0) + more : 0;
  const badge = phone.root.querySelector(".unread");
  badge.hidden = phone.unread === 0;
  badge.textContent = phone.unread;
}

// Where the newcomer stands, from what has happened so far.
function drawSteps({ phones: [a, b], codes, claims }) {
  const done = [a.follows, codes > 0, b.follows, claims.length > 0, claims.some(({ statuses }) => statuses.length > 0)];
  const lines = document.querySelectorAll("#steps li");
  const now = done.lastIndexOf(true) + 1;
  for (const [i, line] of lines.entries()) line.className = i < now ? "done" : i === now ? "now" : "";
  document.querySelector("[data-no-code]").hidden = codes > 0;
}

function drawMenu(phone, menu) {
  const bar = phone.root.querySelector(".menu");
  const buttons = menu?.button ?? [];
  if (bar.dataset.drawn === JSON.stringify(buttons)) return;
  bar.dataset.drawn = JSON.stringify(buttons);
  bar.replaceChildren(...buttons.map((button) => menuButton(phone, button)));
}

function menuButton(phone, button) {
  const press = element("button", { type: "button", textContent: button.name });
  const box = element("div", {}, press);
  const below = button.sub_button?.list ?? button.sub_button ?? [];
  if (below.length === 0) {
    press.addEventListener("click", () => tapMenu(phone, button));
    return box;
  }
  const list = element("ul", { hidden: true }, ...below.map((one) => element("li", {}, menuButton(phone, one))));
  press.addEventListener("click", () => {
    list.hidden = !list.hidden;
  });
  list.addEventListener("click", () => {
    list.hidden = true;
  });
  box.append(list);
  return box;
}

const TAPS = {
  view: (phone, { url }) => openPage(phone, url),
  click: (phone, { key }) => act(phone, "click", key),
  location_select: (phone) => act(phone, "location"),
  pic_photo_or_album: (phone) => {
    phone.root.querySelector(".tray").hidden = false;
  },
};
const tapMenu = (phone, button) => TAPS[button.type](phone, button);

const STATUSES = [
  ["received", "已收到 Received"],
  ["accepted", "立案 Accepted"],
  ["surveyed", "查勘 Surveyed"],
  ["assessed", "定损 3,000 元 Assessed", { assessedFen: 300000 }],
  ["paid", "支付 3,000 元 Paid", { paidFen: 300000 }],
  ["rejected", "拒赔 Refused"],
];

function drawClaims(claims) {
  document.querySelector("#no-claims").hidden = claims.length > 0;
  const box = document.querySelector("#claims");
  const signature = JSON.stringify(claims.map(({ id, deliveries, statuses }) => [id, deliveries, statuses]));
  if (box.dataset.drawn === signature) return;
  box.dataset.drawn = signature;
  box.replaceChildren(...claims.map(drawClaim));
}

function drawClaim(claim) {
  const data = claim.body.data;
  const insured = data.parties.find((party) => party.role === "insured") ?? data.parties[0];
  const buttons = STATUSES.map(([status, words, amounts]) => {
    const button = element("button", { type: "button", textContent: words });
    const body = () => JSON.stringify({ status, occurredAt: new Date().toISOString(), ...(amounts && { amounts }) });
    button.addEventListener("click", () =>
      post(`/simulator/desk/${claim.code}/${claim.ref}`, body(), "application/json"),
    );
    return button;
  });
  const told = claim.statuses.map(({ status, answer }) => `${status} (${answer})`).join(" → ");
  return element(
    "article",
    { className: "claim" },
    element("h3", {}, `${claim.code} · ${claim.ref}`, element("small", {}, "签名有效 ✓ verified")),
    element("p", {}, `${insured.driver.name} · ${insured.vehicle.plate} · ${data.caseNo}`),
    element("p", {}, told ? `回报 Reported: ${told}` : "回报状态 Report a status:"),
    element("div", { className: "acts" }, ...buttons),
    element(
      "details",
      {},
      element("summary", {}, "报文 As received"),
      element("pre", {}, `${JSON.stringify(claim.headers, null, 1)}\n\n${JSON.stringify(claim.body, null, 2)}`),
    ),
  );
}

function drawPushes(pushes) {
  const lines = pushes.map((push) =>
    element("li", {}, `${new Date(push.at).toLocaleTimeString("zh-CN")} ${push.kind} → ${push.outcome}`),
  );
  document.querySelector("#pushes").replaceChildren(...lines.reverse());
}

async function refresh() {
  const answer = await fetch("/simulator/state").catch(() => null);
  if (!answer?.ok) return;
  const state = await answer.json();
  for (const phone of phones) {
    drawChat(
      phone,
      state.phones.find((one) => String(one.index) === phone.index),
    );
    drawMenu(phone, state.menu);
  }
  drawSteps(state);
  drawClaims(state.claims);
  drawPushes(state.pushes);
}

for (const phone of phones) {
  const { root } = phone;
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { act: name, sample, open, close } = button.dataset;
    if (name === "reload") root.querySelector("iframe").contentWindow.location.reload();
    else if (name === "scan") {
      const { scanned } = await act(phone, "scan");
      if (!scanned) alert("对方还没有显示二维码。The other phone shows no code yet.");
    } else if (name) await act(phone, name);
    if (sample) await act(phone, "sample", sample);
    if (open) root.querySelector(`.${open}`).hidden = !root.querySelector(`.${open}`).hidden;
    if (close) root.querySelector(`.${close}`).hidden = true;
  });
  root.querySelector(".say").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = event.target.elements.text;
    if (input.value.trim()) act(phone, "text", input.value);
    input.value = "";
  });
}
document.querySelector("#restart").addEventListener("click", async () => {
  for (const phone of phones) {
    await act(phone, "reset");
    phone.drawn = 0;
    phone.root.querySelector(".chat").replaceChildren();
    phone.root.querySelector(".web").hidden = true;
    phone.root.querySelector("iframe").src = "about:blank";
  }
});
refresh();
setInterval(refresh, 1000);
