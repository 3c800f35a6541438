// The page behind an upload link: files go up one by one with a bar; while a check runs the page looks again.
(function () {
  "use strict";

  var form = document.querySelector("form[data-upload]");

  function send(file, token, from, share, bar) {
    return new Promise(function (resolve, reject) {
      var body = new FormData(), call = new XMLHttpRequest();
      body.append("csrf_token", token);
      body.append("file", file);
      call.open("POST", form.action);
      call.upload.onprogress = function (event) {
        if (event.lengthComputable) { bar.value = from + share * event.loaded / event.total; }
      };
      call.onload = function () {
        var page = new DOMParser().parseFromString(call.responseText, "text/html");
        var alert = page.querySelector(".alert-danger");
        if (call.status < 400 && !alert) { resolve(); } else { reject(alert ? alert.textContent.trim() : "“" + file.name + "”没有上传成功，请重试。"); }
      };
      call.onerror = function () { reject("网络中断，“" + file.name + "”没有上传成功，请重试。"); };
      call.send(body);
    });
  }

  function upload(event) {
    event.preventDefault();
    var files = Array.from(form.elements.file.files), bar = form.querySelector("progress"), said = form.querySelector("[role=alert]");
    var share = 100 / files.length, button = form.querySelector("button");
    bar.hidden = false;
    said.hidden = true;
    button.disabled = true;
    files.reduce(function (before, file, place) {
      return before.then(function () { return send(file, form.elements.csrf_token.value, place * share, share, bar); });
    }, Promise.resolve()).then(function () { window.location.reload(); }, function (problem) {
      said.textContent = problem;
      said.hidden = false;
      bar.hidden = true;
      button.disabled = false;
    });
  }

  if (form) { form.addEventListener("submit", upload); }
  if (document.querySelector("[data-again]")) { window.setTimeout(function () { window.location.reload(); }, 4000); }
})();
