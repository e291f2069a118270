// Tells the style sheet, before the page is drawn, that scripts run. It stands first in the body, and in a file of its own because the page allows no inline script.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
