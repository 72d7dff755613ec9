// What makes a page usable by everybody, asked of pages one after another.

import assert from "node:assert/strict";

import { AxeBuilder } from "@axe-core/playwright";

import { complaints } from "./portal.mjs";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
// What the light can change: colours. Everything else of a page is the same in the dark, and was asked in the light.
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
export const DESK = { width: 1280, height: 900 };
export const TELEPHONE = { width: 390, height: 844 };
export const SMALLEST = { width: 320, height: 640 };

/**
 * Opens each page once and looks at it under every light and width. Turning the light or the width of an open page is
 * what a reader does too, and much faster than opening it anew.
 */
export async function everybodyCanUse(t, tab, pages, { textTwiceAsBig }) {
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
          const asked = colorScheme === "light" ? everything : colours;
          for (const line of await violations(tab, asked)) found.push(`${size.width} ${colorScheme}: ${line}`);
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

const everything = (axe) => axe.withTags(WCAG);
const colours = (axe) => axe.withRules(OF_COLOURS);

/** What axe has to say against a page, a line each. */
export async function violations(tab, asked = everything) {
  // Before the bar and the rosette of a credential axe gives up measuring contrast; behind its text lies the plain card.
  await tab.evaluate(() => document.styleSheets[0].insertRule(".credential::before,.seal{display:none!important}", 0));
  // The legacy mode leaves out a second page that only matters to frames, of which the portal has none.
  const found = await asked(new AxeBuilder({ page: tab }).setLegacyMode(true)).analyze();
  await tab.evaluate(() => document.styleSheets[0].deleteRule(0));
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\n", " ")}`),
  );
}

/** What makes a page wider than its window: the innermost elements that stand out, or nothing. */
export function sideways(tab) {
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
