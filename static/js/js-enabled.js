// Tells the style sheet, before the page is drawn, that scripts run. A file of its own because the page allows no inline script.
document.documentElement.classList.add("app-js");
document.addEventListener("DOMContentLoaded", () => {
  document.body.classList.add("js-enabled");
  if ("noModule" in HTMLScriptElement.prototype) {
    document.body.classList.add("govuk-frontend-supported");
  }
});
