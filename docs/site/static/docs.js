// Search, copy buttons, and tabs that remember the language. Every page works without this file.
"use strict";

const LANGUAGE = "docs-language";
const MOST_FOUND = 12;

function remember(name) {
  try {
    localStorage.setItem(LANGUAGE, name);
  } catch {
    // a browser may forbid it; the choice then holds for this page only
  }
}

function remembered() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}

function showLanguage(name) {
  const aliases = { JavaScript: "Node", Node: "JavaScript" };
  for (const tabs of document.querySelectorAll(".tabs")) {
    const own = [...tabs.querySelectorAll("input")];
    const tab = own.find((input) => input.dataset.tab === name) ?? own.find((input) => input.dataset.tab === aliases[name]);
    if (tab) tab.checked = true;
  }
}

function keepLanguage() {
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.tab;
    if (!name) return;
    const before = event.target.getBoundingClientRect().top;
    showLanguage(name);
    window.scrollBy({ top: event.target.getBoundingClientRect().top - before, behavior: "instant" });
    remember(name);
  });
  if (remembered()) showLanguage(remembered());
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

function score(row, words) {
  const [, page, heading, text] = row.map((part) => part.toLowerCase());
  let total = 0;
  for (const word of words) {
    const mentions = Math.min(4, text.split(word).length - 1);
    const found = (heading.includes(word) ? 8 : 0) + (page.includes(word) ? 3 : 0) + mentions;
    if (found === 0) return 0;
    total += found + (heading.startsWith(word) ? 6 : 0) + (heading === word ? 20 : 0);
  }
  return total;
}

function entry([address, page, heading, text], words, selected) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(selected));
  const link = document.createElement("a");
  link.href = address;
  link.tabIndex = -1;
  const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
  const [title, small, line] = ["strong", "small", "p"].map((tag) => document.createElement(tag));
  title.textContent = heading;
  small.textContent = heading === page ? "" : `  ${page}`;
  line.textContent = (at > 0 ? "…" : "") + text.slice(at, at + 160);
  link.append(title, small, line);
  item.append(link);
  return item;
}

function searching() {
  const form = document.querySelector(".search");
  const input = form.querySelector("input");
  const list = document.getElementById("found");
  let rows = null;
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
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return close();
    rows ??= await (await fetch("/docs/search.json")).json();
    const found = rows.map((row) => [score(row, words), row]).filter(([points]) => points > 0);
    found.sort((a, b) => b[0] - a[0]);
    selected = 0;
    list.replaceChildren(...found.slice(0, MOST_FOUND).map(([, row], index) => entry(row, words, index === 0)));
    if (found.length === 0) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "Nothing found. Try a shorter word.";
      list.append(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
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
keepLanguage();
addCopyButtons();
searching();
