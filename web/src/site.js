// What pages gain where scripts run; each page works without. Loaded as <script type="module" src=".../site.js">.
//
// Templates call on it by attributes, and on nothing else:
//   <body data-root="../../">   the way from the page to the root of the site
//   <body data-static>          no server answers: the three kinds of form below work here, in the browser;
//                               with a server they are sent as plain forms and the scripts leave them alone
//   data-filter="ID"            a form that narrows rows of the same page: see filter.js
//   data-search="URL"           a form that searches, beside data-results: see search.js
//   data-compare="FOLDER"       a form that sets interventions side by side in data-comparison: see compare.js
//   data-copy="ID"              a hidden button that copies a text: see copy.js
//   data-module="govuk-…"       the behaviour of GOV.UK Frontend: skip link, service navigation, tabs, error summary
import { ErrorSummary, ServiceNavigation, SkipLink, Tabs, createAll } from "govuk-frontend";
import { copyButtons } from "./copy.js";
import { filterForms } from "./filter.js";

const { body } = document;
// The components' own style asks for these; GOV.UK's template sets them in a script in the page, which we refuse.
body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [SkipLink, ServiceNavigation, Tabs, ErrorSummary]) createAll(component);
copyButtons(document);

if ("static" in body.dataset) {
  const root = body.dataset.root ?? "../";
  filterForms(document);
  if (document.querySelector("[data-results]"))
    import("./search.js").then(({ searchForm }) => searchForm(document, root));
  if (document.querySelector("[data-comparison]"))
    import("./compare.js").then(({ compareForm }) => compareForm(document, root));
}
