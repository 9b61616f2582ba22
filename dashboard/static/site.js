// Enhancements; every page works without them.
"use strict";

const select = (query, root = document) => Array.from(root.querySelectorAll(query));

// Copy buttons copy the code beside them, or the field that data-copy selects.
function showCopyButtons(root) {
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

// Live regions: an element with data-live="seconds" and an id is polled, and replaced when it has changed.
const timers = new Map();

function schedule(id) {
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
      if (response.ok) replace(id, new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      // Offline, or signed out (a redirect): the next poll fetches again.
    }
  }
  schedule(id);
}

// A region is not replaced while its text is selected, or while a disclosure in it has been opened or closed.
function isBusy(region) {
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed && region.contains(selection.anchorNode)) return true;
  return select("details", region).some((disclosure) => disclosure.open !== disclosure.defaultOpen);
}

function replace(id, page) {
  const current = document.getElementById(id);
  const fetched = page.getElementById(id);
  if (!current || !fetched) return;
  prepare(fetched);
  if (current.innerHTML === fetched.innerHTML && current.dataset.live === fetched.dataset.live) return;
  const focusedId = current.contains(document.activeElement) ? document.activeElement.id : "";
  const scrollTop = current.scrollTop;
  current.replaceWith(document.adoptNode(fetched));
  fetched.scrollTop = scrollTop;
  if (focusedId) document.getElementById(focusedId)?.focus({ preventScroll: true });
}

function prepare(root) {
  for (const disclosure of select("details", root)) disclosure.defaultOpen = disclosure.open;
  showCopyButtons(root);
}

// Countdowns: data-until in milliseconds since 1970.
function countDown() {
  for (const element of select("[data-until]")) {
    const left = Math.max(0, Math.floor((element.dataset.until - Date.now()) / 1000));
    const [days, hours, minutes, seconds] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
    const clock = [hours, minutes, seconds].map((number) => String(number).padStart(2, "0")).join(":");
    element.textContent = days ? `${days} d ${clock}` : clock;
  }
}

// The checkbox in the head of a table selects all rows.
for (const selectAll of select("[data-all]")) {
  selectAll.hidden = false;
  selectAll.addEventListener("change", () => {
    for (const checkbox of select("tbody input[type=checkbox]", selectAll.closest("table"))) checkbox.checked = selectAll.checked;
  });
}

// A filter applies as soon as an option is chosen.
for (const form of select("form.filters")) {
  form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
}

// The page shows a key or secret once: a reload must not submit the form again.
const revealed = document.querySelector("[data-revealed]");
if (revealed) history.replaceState(null, "", revealed.dataset.revealed);

// A form with errors: focus the first field to correct.
document.querySelector("[aria-invalid=true]")?.focus();
if (location.hash === "#detail") document.getElementById("detail")?.focus();

prepare(document);
for (const region of select("[data-live]")) schedule(region.id);
if (document.querySelector("[data-until]")) setInterval(countDown, 1000);
