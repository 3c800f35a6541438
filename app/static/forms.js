// Forms that take a moment: the button is disabled and turns until the answer is there; counters under long texts.
(function () {
  "use strict";

  function wait(form, pressed) {
    var button = pressed || form.querySelector("button:not([type=button])");
    if (!button || button.disabled) { return; }
    var wheel = document.createElement("span");
    wheel.className = "spinner-border spinner-border-sm me-2";
    wheel.setAttribute("aria-hidden", "true");
    button.prepend(wheel);
    button.setAttribute("aria-busy", "true");
    window.setTimeout(function () { button.disabled = true; }, 0);
  }

  function goOn() {
    document.querySelectorAll("button[aria-busy]").forEach(function (button) {
      button.disabled = false;
      button.removeAttribute("aria-busy");
      button.querySelectorAll(".spinner-border").forEach(function (wheel) { wheel.remove(); });
    });
  }

  function count(field) {
    document.getElementById(field.dataset.counter).textContent = Array.from(field.value).length;
  }

  document.addEventListener("submit", function (event) {
    if (event.target.matches("form[data-busy]") && !event.defaultPrevented) { wait(event.target, event.submitter); }
  });
  document.addEventListener("input", function (event) {
    if (event.target.matches("[data-counter]")) { count(event.target); }
  });
  document.addEventListener("htmx:afterRequest", goOn);
  window.addEventListener("pageshow", goOn);
  document.querySelectorAll("[data-counter]").forEach(count);

  // A menu that is wider than a phone begins at the page that is open.
  document.querySelectorAll(".staff-menu [aria-current]").forEach(function (link) {
    var menu = link.closest(".staff-menu");
    menu.scrollLeft += link.getBoundingClientRect().left - menu.getBoundingClientRect().left - (menu.clientWidth - link.offsetWidth) / 2;
  });
})();
