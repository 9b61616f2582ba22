// Search, copy buttons, and tabs that remember the language. Every page works without this file.
"use strict";

const LANGUAGE = "docs-language";
const MAX_RESULTS = 12;

function saveLanguage(name) {
  try {
    localStorage.setItem(LANGUAGE, name);
  } catch {
    // Storage may be blocked. The choice then applies to this page only.
  }
}

function savedLanguage() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}

function showLanguage(name) {
  const aliases = { JavaScript: "Node", Node: "JavaScript" };
  for (const tabs of document.querySelectorAll(".tabs")) {
    const inputs = [...tabs.querySelectorAll("input")];
    const tab = inputs.find((input) => input.dataset.tab === name) ?? inputs.find((input) => input.dataset.tab === aliases[name]);
    if (tab) tab.checked = true;
  }
}

function syncTabs() {
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.tab;
    if (!name) return;
    // Tabs above may change their height: keep the clicked one where it is.
    const before = event.target.getBoundingClientRect().top;
    showLanguage(name);
    window.scrollBy({ top: event.target.getBoundingClientRect().top - before, behavior: "instant" });
    saveLanguage(name);
  });
  if (savedLanguage()) showLanguage(savedLanguage());
}

function addCopyButtons() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
      button.classList.add("done");
      setTimeout(() => {
        button.textContent = "Copy";
        button.classList.remove("done");
      }, 1500);
    });
    block.append(button);
  }
}

// Every word must match. A heading counts most, then the page's title, then each mention in the text.
function score(row, words) {
  const [, page, heading, text] = row.map((part) => part.toLowerCase());
  let total = 0;
  for (const word of words) {
    const mentions = Math.min(4, text.split(word).length - 1);
    const points = (heading.includes(word) ? 8 : 0) + (page.includes(word) ? 3 : 0) + mentions;
    if (points === 0) return 0;
    total += points + (heading.startsWith(word) ? 6 : 0) + (heading === word ? 20 : 0);
  }
  return total;
}

function createResult([url, page, heading, text], words, selected) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(selected));
  const link = document.createElement("a");
  link.href = url;
  link.tabIndex = -1;
  const start = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
  const [title, small, excerpt] = ["strong", "small", "p"].map((tag) => document.createElement(tag));
  title.textContent = heading;
  small.textContent = heading === page ? "" : `  ${page}`;
  excerpt.textContent = (start > 0 ? "…" : "") + text.slice(start, start + 160);
  link.append(title, small, excerpt);
  item.append(link);
  return item;
}

async function downloadRows() {
  const response = await fetch("/docs/search.json");
  if (!response.ok) throw new Error(`search.json: ${response.status}`);
  return response.json();
}

function setUpSearch() {
  const form = document.querySelector(".search");
  const input = form.querySelector("input");
  const list = document.getElementById("search-results");
  let download = null;
  let selected = 0;
  form.hidden = false;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  const select = (index) => {
    const items = [...list.querySelectorAll("[role=option]")];
    if (items.length === 0) return;
    selected = (index + items.length) % items.length;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === selected)));
    items[selected].scrollIntoView({ block: "nearest" });
  };
  const show = async () => {
    download ??= downloadRows();
    const rows = await download.catch(() => null);
    if (rows === null) download = null; // The next key downloads again.
    // Only now: the reader types on while the download runs.
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return close();
    const results = (rows ?? []).map((row) => [score(row, words), row]).filter(([points]) => points > 0);
    results.sort((a, b) => b[0] - a[0]);
    selected = 0;
    list.replaceChildren(...results.slice(0, MAX_RESULTS).map(([, row], index) => createResult(row, words, index === 0)));
    if (results.length === 0) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = rows ? "No results. Try a shorter word." : "Search did not load. Press a key to try again.";
      list.append(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (list.hidden) await show();
    list.querySelector("[aria-selected=true] a")?.click();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(selected + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      input.value = "";
      close();
      input.blur();
    }
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !isTyping && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target) || event.target.closest("a")) close();
  });
}

function foldMenuOnPhones() {
  if (matchMedia("(max-width: 48rem)").matches) document.querySelector(".menu details")?.removeAttribute("open");
}

foldMenuOnPhones();
syncTabs();
addCopyButtons();
setUpSearch();
