// What went wrong gets the focus; a session that has ended meanwhile leads back to the door.
(function () {
  "use strict";

  var wrong = document.querySelector("[data-focus]");
  if (wrong) { wrong.focus(); }

  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.responseURL.indexOf("/sign-in") > 0) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });
})();
