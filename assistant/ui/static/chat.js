// Accessibility of the chat page: language and title of the document, scrolling, announcements, jumps to sources.
(() => {
  "use strict";
  const announcer = document.createElement("div");
  announcer.className = "unseen";
  announcer.setAttribute("role", "status");
  announcer.setAttribute("aria-live", "polite");

  let shownTurn = "";
  let announced = "";

  const behaviour = () =>
    window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

  function followLanguage() {
    const brand = document.querySelector("#brand .brand");
    if (!brand) return;
    document.documentElement.lang = brand.getAttribute("lang") || "zh-TW";
    const name = brand.querySelector(".brand-name");
    if (name && document.title !== name.textContent) document.title = name.textContent;
  }

  function followTurn() {
    const turn = document.querySelector("#current .turn");
    if (!turn) {
      shownTurn = "";
      return;
    }
    if (turn.id !== shownTurn) {
      shownTurn = turn.id;
      turn.scrollIntoView({ behavior: behaviour(), block: "start" });
      document.querySelector("#question textarea")?.focus({ preventScroll: true });
    }
    const part = turn.querySelector(turn.classList.contains("is-done") ? ".answer" : ".progress");
    const said = part ? (part.querySelector(".place") || part).textContent : ""; // seconds change too often to be read out
    const key = turn.id + (part ? part.className + said : "");
    if (part && key !== announced) {
      announced = key;
      announcer.textContent = said;
    }
  }

  // The Markdown component opens links in new tabs; signing in and out belongs into this one.
  function stayInTab(event) {
    event.target.closest?.("#account a")?.removeAttribute("target");
  }

  function openSource(event) {
    const mark = event.target.closest?.("a.mark");
    if (!mark) return;
    event.preventDefault();
    const source = document.getElementById(mark.getAttribute("href").slice(1));
    if (!source) return;
    document.querySelectorAll(".source.is-chosen").forEach((card) => card.classList.remove("is-chosen"));
    source.classList.add("is-chosen");
    source.setAttribute("tabindex", "-1");
    source.focus({ preventScroll: true });
    source.scrollIntoView({ behavior: behaviour(), block: "nearest" });
  }

  function start() {
    document.body.append(announcer);
    document.addEventListener("click", openSource);
    document.addEventListener("click", stayInTab);
    new MutationObserver(() => {
      followLanguage();
      followTurn();
    }).observe(document.body, { childList: true, subtree: true });
    followLanguage();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
