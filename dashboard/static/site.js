// Progressive enhancement: every page works without this file.
"use strict";

const select = (query, root = document) => Array.from(root.querySelectorAll(query));

// Copy buttons copy the code beside them, or the field that `data-copy` selects.
function prepareCopying(root) {
  if (!navigator.clipboard) return;
  for (const button of select("[data-copy]", root)) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = button.dataset.copy && document.querySelector(button.dataset.copy);
  const text = field ? field.value : button.parentElement.querySelector("code").textContent;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    if (field) field.select();
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (button.textContent = label), 2000);
});

// Live regions: an element with data-live="seconds" and an id is fetched again and replaced when it has changed.
const timers = new Map();

function scheduleRefresh(id) {
  const region = document.getElementById(id);
  clearTimeout(timers.get(id));
  if (region && region.dataset.live) timers.set(id, setTimeout(refresh, region.dataset.live * 1000, id));
}

async function refresh(id) {
  const region = document.getElementById(id);
  if (!region) return;
  if (!document.hidden && !isBusy(region)) {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
      if (response.ok) replaceRegion(id, new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      // the next refresh is the retry
    }
  }
  scheduleRefresh(id);
}

// A region is not replaced while the user selects text in it, has opened a part of it, or is asked to confirm.
function isBusy(region) {
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed && region.contains(selection.anchorNode)) return true;
  return select("details", region).some((part) => part.open !== part.defaultOpen);
}

function replaceRegion(id, page) {
  const old = document.getElementById(id);
  const fresh = page.getElementById(id);
  if (!old || !fresh) return;
  settle(fresh);
  if (old.innerHTML === fresh.innerHTML && old.dataset.live === fresh.dataset.live) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const scroll = old.scrollTop;
  old.replaceWith(document.adoptNode(fresh));
  fresh.scrollTop = scroll;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function settle(root) {
  for (const part of select("details", root)) part.defaultOpen = part.open;
  prepareCopying(root);
}

// Countdowns: data-until in milliseconds since 1970.
function updateCountdowns() {
  for (const place of select("[data-until]")) {
    const left = Math.max(0, Math.floor((place.dataset.until - Date.now()) / 1000));
    const [days, hours, minutes, seconds] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
    const clock = [hours, minutes, seconds].map((part) => String(part).padStart(2, "0")).join(":");
    place.textContent = days ? `${days} d ${clock}` : clock;
  }
}

// The checkbox in a table's head selects all rows.
for (const all of select("[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of select("tbody input[type=checkbox]", all.closest("table"))) box.checked = all.checked;
  });
}

// A filter applies as soon as an option is chosen.
for (const form of select("form.filters")) {
  form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
}

// This page shows a secret once: a reload must neither submit the form again nor show the secret again.
const revealed = document.querySelector("[data-revealed]");
if (revealed) history.replaceState(null, "", revealed.dataset.revealed);

// Focus the first field with an error.
document.querySelector("[aria-invalid=true]")?.focus();
if (location.hash === "#detail") document.getElementById("detail")?.focus();

settle(document);
for (const region of select("[data-live]")) scheduleRefresh(region.id);
if (document.querySelector("[data-until]")) setInterval(updateCountdowns, 1000);
