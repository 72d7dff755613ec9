// What makes a page usable by everybody, asked of pages one after another.

import assert from "node:assert/strict";

import axe from "axe-core";

import { complaints } from "./portal.mjs";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
// What the light can change: colours. Everything else of a page is the same in the dark, and was asked in the light.
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
const everything = { runOnly: { type: "tag", values: WCAG } };
const colours = { runOnly: { type: "rule", values: OF_COLOURS } };
const structure = { ...everything, rules: Object.fromEntries(OF_COLOURS.map((rule) => [rule, { enabled: false }])) };
export const DESK = { width: 1280, height: 900 };
export const TELEPHONE = { width: 390, height: 844 };
export const SMALLEST = { width: 320, height: 640 };

/**
 * Opens each page once and looks at it under every light and width. Turning the light or the width of an open page is
 * what a reader does too, and much faster than opening it anew.
 */
export async function everybodyCanUse(t, tab, pages, { textTwiceAsBig }) {
  for (const [nth, page] of pages.entries()) {
    await t.test(page.name, async () => {
      const heard = complaints(tab.context(), [page.status]);
      await tab.setViewportSize(DESK);
      await tab.emulateMedia({ colorScheme: "light" });
      const answer = await page.open(tab);
      assert.equal(answer.status(), page.status, tab.url());
      const found = [];
      for (const [size, colorScheme, asked] of looks(nth)) {
        await tab.setViewportSize(size);
        await tab.emulateMedia({ colorScheme });
        for (const line of await violations(tab, asked)) found.push(`${size.width} ${colorScheme}: ${line}`);
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

/**
 * How a page is looked at. Measuring contrast takes most of the time, and a telephone shows no colour that the desk does
 * not show, but for the head and its menu: the first page of a list is measured in every light and width, and the others
 * on the telephone in the dark only.
 */
function looks(nth) {
  return [
    [DESK, "light", everything],
    [DESK, "dark", colours],
    [TELEPHONE, "light", nth === 0 ? everything : structure],
    [TELEPHONE, "dark", colours],
  ];
}

/** What axe has to say against a page, a line each. It is read into a page once, however often the page is looked at. */
export async function violations(tab, asked = everything) {
  if (!(await tab.evaluate("'axe' in window"))) await tab.evaluate(axe.source);
  const found = await tab.evaluate(async (options) => {
    // Before the bar and the rosette of a credential axe gives up measuring contrast; behind its text lies the plain card.
    document.styleSheets[0].insertRule(".credential::before,.seal{display:none!important}", 0);
    try {
      return (await window.axe.run(document, { ...options, resultTypes: ["violations"] })).violations;
    } finally {
      document.styleSheets[0].deleteRule(0);
    }
  }, asked);
  return found.flatMap(({ id, nodes }) =>
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
