// A rubric as a registrar lives with it: built by keyboard, used to score an award, read-only once that is issued, and
// edited again in a new version; and the same work where no script runs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints, portal, signIn } from "./portal.mjs";

const demo = portal();

/** Makes an achievement that nothing was awarded of yet, and gives the address of its page. */
async function achievement(tab, name) {
  await tab.goto("/admin/achievements/new");
  await tab.getByLabel("Name", { exact: true }).fill(name);
  await tab.getByLabel("Type", { exact: true }).selectOption("Award");
  await tab.getByLabel("Issued by").fill("Office of Enrollment Management");
  await tab.getByRole("button", { name: "Save new achievement" }).click();
  await tab.getByRole("heading", { level: 1, name }).waitFor();
  return new URL(tab.url()).pathname;
}

test("A rubric is built by keyboard, scored with, issued, and edited in a new version", async () => {
  const tab = await demo.signedIn("registrar");
  const heard = complaints(tab.context(), [422]);
  const owner = await achievement(tab, "Public Speaking Showcase");

  await tab.getByRole("link", { name: "New rubric" }).focus();
  await tab.keyboard.press("Enter");
  await tab.getByLabel("Name", { exact: true }).focus();
  await tab.keyboard.type("Speaking");

  // From the first criterion on the arrow keys lead along the levels.
  await tab.getByLabel("Criterion 1", { exact: true }).focus();
  await tab.keyboard.type("Message");
  await tab.keyboard.press("ArrowUp");
  await isAt(tab, "name-0", "above a criterion there is nothing");
  await tab.keyboard.press("End");
  await tab.keyboard.press("ArrowRight");
  await isAt(tab, "points-0-0", "beside a criterion stand the points of its first level");
  for (const points of ["1", "2", "3", "4"]) {
    await tab.keyboard.type(points);
    if (points !== "4") await tab.keyboard.press("ArrowRight");
  }
  await isAt(tab, "points-0-3", "the last level");
  await tab.keyboard.press("ArrowUp");
  await isAt(tab, "level-3", "above the points stands the level's name");
  for (const level of ["Exemplary", "Proficient", "Developing", "Beginning"]) {
    await tab.keyboard.type(level);
    await tab.keyboard.press("Home");
    await tab.keyboard.press("ArrowLeft");
  }
  await tab.locator("#points-0-0").focus();
  await tab.keyboard.press("ArrowDown");
  await isAt(tab, "text-0-0", "below the points stands the text");
  await tab.keyboard.type("Can be inferred");

  // In the middle of a text the arrow keys are the text's own.
  await tab.keyboard.press("ArrowLeft");
  await isAt(tab, "text-0-0", "inside a text");

  await tab.keyboard.press("Alt+Enter");
  await tab.getByText("There is one more criterion").waitFor();
  await isAt(tab, "name-1", "the new criterion");
  await tab.keyboard.type("Delivery");
  await tab.keyboard.press("Alt+ArrowUp");
  await tab.getByText("The criterion is moved").waitFor();
  await isAt(tab, "name-0", "where it was moved to");
  assert.equal(await tab.locator("#name-0").inputValue(), "Delivery");
  assert.equal(await tab.locator("#text-1-0").inputValue(), "Can be inferred", "nothing typed is lost");
  await tab.getByLabel("Passes from, Message").selectOption({ label: "Proficient" });
  await tab.getByLabel("Keep the sum of points").check();

  // Points that fall are refused at their cell.
  await tab.locator("#points-1-3").fill("0");
  await tab.keyboard.press("Control+Enter");
  await tab.getByRole("heading", { name: "There is a problem" }).waitFor();
  await tab.getByRole("link", { name: /fewer points than the level before/ }).click();
  await isAt(tab, "points-1-3", "the cell that was wrong");
  await tab.keyboard.press("Control+a");
  await tab.keyboard.type("4");
  await tab.keyboard.press("Control+Enter");
  await tab.getByRole("heading", { level: 1, name: "Speaking" }).waitFor();
  await tab.getByText("passes from here").waitFor();
  const rubric = new URL(tab.url()).pathname;

  // Scored in the same grid, where the total follows.
  await tab.goto(`/admin/assertions/new?achievement=${owner.split("/").pop()}`);
  await tab.getByLabel("Learner", { exact: true }).fill(demo.told.learner.student_id);
  await tab.getByRole("radiogroup", { name: "Message" }).getByRole("radio", { name: /Exemplary/ }).check();
  assert.equal(await tab.locator("[data-sum] output").innerText(), "4");
  await tab.getByRole("button", { name: "Save new assertion" }).click();
  await tab.getByText("Total 4 points").waitFor();
  const award = new URL(tab.url()).pathname;
  await tab.goto(`${award}/edit`);
  assert.ok(await tab.getByRole("radiogroup", { name: "Message" }).getByRole("radio", { name: /Exemplary/ }).isChecked());
  assert.ok(await tab.getByRole("radiogroup", { name: "Delivery" }).getByRole("radio", { name: "Not scored" }).isChecked());
  await tab.goto(`${award}/issue`);
  await tab.getByRole("button", { name: "Issue this award" }).click();
  await tab.getByRole("link", { name: "Version 1" }).waitFor();

  await tab.goto(rubric);
  await tab.getByText("This rubric is read-only").waitFor();
  assert.equal(await tab.getByRole("link", { name: "Edit" }).count(), 0);
  await tab.getByRole("button", { name: "Make a new version" }).click();
  await tab.locator("#level-3").fill("Splendid");
  await tab.getByRole("button", { name: "Save rubric" }).click();
  await tab.getByRole("heading", { level: 1, name: "Speaking" }).waitFor();

  await tab.goto(award);
  await tab.getByText("Exemplary").first().waitFor();
  await tab.getByRole("link", { name: "what changed until version 2" }).click();
  assert.equal(await tab.locator("ins").first().textContent(), "added: Splendid");
  assert.deepEqual(heard, []);
});

test("A rubric is built, copied and scored with where no script runs, on a telephone", async () => {
  const tab = await (await demo.visitor({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } })).newPage();
  await signIn(tab, demo.account("registrar"));
  const owner = await achievement(tab, "Debate Fellow");
  await tab.getByRole("link", { name: "New rubric" }).click();
  await tab.getByLabel("Name", { exact: true }).fill("Arguing in public");
  assert.ok(!(await tab.getByText("Arrow keys go").isVisible()), "nothing is offered that needs a script");
  await tab.getByLabel("Criterion 1", { exact: true }).fill("Own criterion");
  const source = tab.getByLabel("Copy criteria from another rubric");
  await source.selectOption(await source.getByRole("option", { name: /Leading peers/ }).getAttribute("value"));
  await tab.getByRole("button", { name: "Copy" }).click();
  await tab.getByText("are copied").waitFor();
  assert.equal(await tab.getByLabel("Criterion 1", { exact: true }).inputValue(), "Own criterion");
  assert.equal(await tab.getByLabel("Criterion 2", { exact: true }).inputValue(), "Listening");
  await tab.getByRole("button", { name: "Remove Own criterion" }).click();
  await tab.getByRole("button", { name: "Remove Reflection" }).click();
  await tab.getByRole("button", { name: "Move Organising up" }).click();
  assert.equal(await tab.getByLabel("Criterion 1", { exact: true }).inputValue(), "Organising");
  const names = ["Low", "Fair", "Good", "Best"];
  for (const [at, name] of names.entries()) await tab.getByLabel(`Name of level ${at + 1}`).fill(name);
  await tab.getByRole("button", { name: "Save new rubric" }).click();
  await tab.getByRole("heading", { level: 1, name: "Arguing in public" }).waitFor();

  await tab.goto(`/admin/assertions/new?achievement=${owner.split("/").pop()}`);
  await tab.getByLabel("Learner", { exact: true }).fill(demo.told.learner.student_id);
  for (const group of await tab.getByRole("radiogroup").all()) await group.getByRole("radio").last().check();
  await tab.getByRole("button", { name: "Save new assertion" }).click();
  await tab.getByText("Total 12 points").waitFor();
});

/** The keyboard is at the field of that id. */
async function isAt(tab, id, why) {
  assert.equal(await tab.evaluate(() => document.activeElement.id), id, why);
}
