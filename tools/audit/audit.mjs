// Lighthouse over one page of each public kind, as a phone and as a desk. `node audit.mjs http://localhost:8000`
// Every score must be 100. Speed is not asked here: it depends on the machine (`make bench`, tests/browser/test_public.py).
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const SITE = process.argv[2].replace(/\/$/, "");
const CATEGORIES = ["accessibility", "best-practices", "seo"];
const KEPT_OUT = ["is-crawlable"]; // pages that say noindex on purpose
const NOWHERE = [...KEPT_OUT, "http-status-code", "errors-in-console"]; // a 404 is one, and browsers note it
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"];
const ITEMS = 3;

async function get(path) {
  const answer = await fetch(SITE + path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer;
}

async function cohorts(wanted) {
  const mapped = await (await get("/sitemaps/cohorts.xml")).text();
  const { results } = await (await get(`/api/v1/cohorts/?state=${wanted}`)).json();
  return results.map((one) => ({ ...one, path: new URL(one.url).pathname })).filter((one) => mapped.includes(one.path));
}

function first(rows, what) {
  if (!rows.length) throw new Error(`there is no ${what} to look at`);
  return rows[0];
}

async function pages() {
  const running = await cohorts("open");
  const open = first(running.filter((one) => one.joinable && one.seats.free > 0), "open cohort");
  const full = first(running.filter((one) => one.joinable && one.seats.free === 0), "cohort that is sold out");
  const over = first(await cohorts("finished"), "finished cohort");
  const cases = [...(await (await get("/sitemaps/cases.xml")).text()).matchAll(/<loc>(.*?)<\/loc>/g)];
  return [
    ["front", "/"], ["front, English", "/en/"], ["studies", "/studies/"], ["study", `/studies/${open.study}/`],
    ["cohort, open", open.path], ["cohort, sold out", full.path], ["cohort, finished", over.path],
    ["showcase", "/showcase/"], ["case study", new URL(first(cases, "case study")[1]).pathname],
    ["how it works", "/how-it-works/"], ["legal text", "/terms/"],
    ["sign in", "/accounts/login/", KEPT_OUT], ["join", `${open.path}join/`, KEPT_OUT], ["404", "/nowhere/", NOWHERE],
  ];
}

async function look(address, skipAudits, port, config) {
  const flags = { port, onlyCategories: CATEGORIES, skipAudits, ignoreStatusCode: true, throttlingMethod: "provided", logLevel: "error" };
  const { lhr } = await lighthouse(address, flags, config);
  if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
  return lhr;
}

function complaints(lhr) {
  const asked = CATEGORIES.flatMap((name) => lhr.categories[name].auditRefs.filter((one) => one.weight > 0));
  const failed = [...new Set(asked.map((one) => one.id))].map((id) => lhr.audits[id]).filter((one) => one.score !== null && one.score < 1);
  return failed.flatMap((audit) => {
    const items = (audit.details?.items ?? []).slice(0, ITEMS);
    return [`    ${audit.id}: ${audit.title}`, ...items.map((item) => `      ${item.node?.snippet ?? JSON.stringify(item).slice(0, 160)}`)];
  });
}

const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: FLAGS, logLevel: "error" });
let worst = 100;
console.log(["page".padEnd(20), "device".padEnd(6), ...CATEGORIES].join("  "));
try {
  for (const [kind, path, leftOut = []] of await pages()) {
    for (const [device, config] of [["phone", undefined], ["desk", desktopConfig]]) {
      const lhr = await look(SITE + path, leftOut, chrome.port, config);
      const scores = CATEGORIES.map((name) => Math.floor(100 * (lhr.categories[name].score ?? 0)));
      worst = Math.min(worst, ...scores);
      console.log([kind.padEnd(20), device.padEnd(6), ...scores.map((score, n) => String(score).padStart(CATEGORIES[n].length))].join("  "));
      for (const line of complaints(lhr)) console.log(line);
    }
  }
} finally {
  await chrome.kill();
}
console.log(worst === 100 ? "Every page scores 100." : `The lowest score is ${worst}; every one must be 100.`);
process.exitCode = worst === 100 ? 0 : 1;
