// Everybody can use every page: axe finds nothing against WCAG 2.2 AA, in light and dark and in forced colours, on a
// desk and on a telephone; and nothing has to be scrolled sideways, down to 320 pixels and with the text twice as big.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { learnerPages, prepare, publicPages, sent, staffPages } from "./pages.mjs";
import { complaints, portal } from "./portal.mjs";

const demo = portal();

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const DESK = { width: 1280, height: 900 };
const TELEPHONE = { width: 390, height: 844 };
const SMALLEST = { width: 320, height: 640 };

let prepared;
const places = () => (prepared ??= prepare(demo));

test("Everybody can use every public page", async (t) => {
  const tab = await (await demo.visitor()).newPage();
  await everybodyCanUse(t, tab, publicPages(demo, await places()), { textTwiceAsBig: true });
});

test("Everybody can use every page of a learner", async (t) => {
  await places();
  const tab = await (await demo.visitor()).newPage();
  await tab.goto(demo.told.learner.sign_in_url);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.waitForURL("**/record");
  await everybodyCanUse(t, tab, learnerPages(demo, await places()), { textTwiceAsBig: true });
});

test("Everybody can use every page of staff", async (t) => {
  const tab = await demo.signedIn("administrator");
  await everybodyCanUse(t, tab, staffPages(demo, await places()), { textTwiceAsBig: false });
});

test("Everybody can use the pages that one comes to rarely", async (t) => {
  const auditor = await demo.signedIn("auditor");
  const administrator = await demo.signedIn("administrator");
  const host = await demo.signedIn("host");
  const rare = [
    { name: "a page that one may not have", status: 403, open: (tab) => tab.goto("/admin/settings"), tab: auditor },
    { name: "the dashboard of a host", status: 200, open: (tab) => tab.goto("/admin"), tab: host },
    { name: "the learners of a host", status: 200, open: (tab) => tab.goto("/admin/learners"), tab: host },
    { name: "learners that a host found", status: 200, open: (tab) => tab.goto("/admin/learners?q=an"), tab: host },
    { name: "the set-up link of a new member of staff", status: 201, open: addStaff, tab: administrator },
  ];
  for (const one of rare) await everybodyCanUse(t, one.tab, [one], { textTwiceAsBig: false });
});

test("A form whose session had ended comes back with what was typed, and everybody can use it", async (t) => {
  const tab = await demo.signedIn("registrar");
  await tab.goto("/admin/achievements/new");
  await tab.getByLabel("Name", { exact: true }).fill("Typed before the session ended");
  await demo.endSessions();
  await tab.getByRole("button", { name: "Save" }).click();
  await tab.waitForURL("**/sign-in?**");
  const { email, password } = demo.account("registrar");
  await tab.getByLabel("E-mail address").fill(email);
  await tab.getByLabel("Password").fill(password);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.waitForURL("**/admin/achievements/new?kept=**");
  const address = tab.url();
  assert.equal(await tab.getByLabel("Name", { exact: true }).inputValue(), "Typed before the session ended");
  const kept = { name: "a form that was kept", status: 200, open: (one) => one.goto(address), tab };
  await everybodyCanUse(t, tab, [kept], { textTwiceAsBig: true });
});

test("Everybody can use the menu of a telephone", async (t) => {
  const tab = await demo.signedIn("registrar", { viewport: TELEPHONE });
  for (const address of ["/", "/admin/assertions"]) {
    await t.test(address, async () => {
      await tab.setViewportSize(TELEPHONE);
      await tab.goto(address);
      await tab.getByRole("button", { name: "Menu" }).click();
      const found = [];
      for (const colorScheme of ["light", "dark"]) {
        await tab.emulateMedia({ colorScheme });
        found.push(...(await violations(tab)));
      }
      await tab.setViewportSize(SMALLEST);
      found.push(...(await sideways(tab)));
      assert.deepEqual(found, []);
    });
  }
});

test("Pages keep their sense in forced colours", async (t) => {
  const tab = await demo.signedIn("registrar", { forcedColors: "active", viewport: DESK });
  for (const address of ["/", `/c/${demo.told.cedids.revoked}`, "/admin/assertions", "/admin/achievements/new"]) {
    await t.test(address, async () => {
      await tab.goto(address);
      assert.deepEqual(await violations(tab), []);
    });
  }
});

/**
 * Opens each page once and looks at it under every light and width. Turning the light or the width of an open page is
 * what a reader does too, and much faster than opening it anew.
 */
async function everybodyCanUse(t, tab, pages, { textTwiceAsBig }) {
  for (const page of pages) {
    await t.test(page.name, async () => {
      const heard = complaints(tab.context(), [page.status]);
      await tab.setViewportSize(DESK);
      await tab.emulateMedia({ colorScheme: "light" });
      const answer = await page.open(tab);
      assert.equal(answer.status(), page.status, tab.url());
      const found = [];
      for (const size of [DESK, TELEPHONE]) {
        await tab.setViewportSize(size);
        for (const colorScheme of ["light", "dark"]) {
          await tab.emulateMedia({ colorScheme });
          for (const line of await violations(tab)) found.push(`${size.width} ${colorScheme}: ${line}`);
        }
      }
      await tab.setViewportSize(SMALLEST);
      for (const line of await sideways(tab)) found.push(`320: ${line}`);
      if (textTwiceAsBig) {
        await tab.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
        for (const line of await sideways(tab)) found.push(`320 with text twice as big: ${line}`);
      }
      assert.deepEqual([...found, ...heard], []);
    });
  }
}

/** What axe has to say against a page, a line each. */
async function violations(tab) {
  // Before the bar and the rosette of a credential axe gives up measuring contrast; behind its text lies the plain card.
  await tab.evaluate(() => document.styleSheets[0].insertRule(".credential::before,.seal{display:none!important}", 0));
  // The legacy mode leaves out a second page that only matters to frames, of which the portal has none.
  const found = await new AxeBuilder({ page: tab }).setLegacyMode(true).withTags(WCAG).analyze();
  await tab.evaluate(() => document.styleSheets[0].deleteRule(0));
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\n", " ")}`),
  );
}

/** What makes a page wider than its window: the innermost elements that stand out, or nothing. */
function sideways(tab) {
  return tab.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const out = [...document.querySelectorAll("body *")].filter(
      (one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".table, .seal"),
    );
    const innermost = out.filter((one) => !out.some((other) => other !== one && one.contains(other)));
    const places = innermost.map((one) => `${one.tagName.toLowerCase()}.${one.getAttribute("class")}: ${one.textContent.trim().slice(0, 60)}`);
    return [`${document.documentElement.scrollWidth} wide`, ...places];
  });
}

async function addStaff(tab) {
  await tab.goto("/admin/staff/new");
  await tab.getByLabel("Name", { exact: true }).fill("Ada Added");
  await tab.getByLabel("E-mail address").fill("ada.added@iu.example");
  await tab.getByRole("radio", { name: "auditor" }).check();
  const answer = await sent(tab, "Add and make the set-up link");
  await tab.getByRole("heading", { level: 1, name: "Set-up link" }).waitFor();
  return answer;
}
