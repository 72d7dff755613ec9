// The check-in desk: what is scanned while the connection is gone, or the session has ended, or before the page is loaded
// again, waits in the browser and counts once when it is sent.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { complaints, portal, signIn } from "./portal.mjs";

const demo = portal();

/** A desk of an event at which nobody was yet, and the address of its event. */
async function openDesk() {
  const tab = await demo.signedIn("registrar");
  await tab.goto("/admin/events?when=past&sort=-start");
  const event = await tab.locator("tbody th a").first().getAttribute("href");
  await tab.goto(`${event}/desk`);
  return { tab, event, came: async () => Number(await tab.locator("[data-attended]").textContent()) };
}

async function scan(tab, typed) {
  await tab.getByLabel("Scan a card").fill(typed);
  await tab.keyboard.press("Enter");
}

const answers = (tab) => tab.locator("[data-answer]");

test("A scan is answered in a word, the field keeps the focus, and a repetition counts once", async () => {
  const { tab, came } = await openDesk();
  const heard = complaints(tab.context());
  const before = await came();
  await scan(tab, `;${demo.told.learner.student_id}?`);
  await answers(tab).getByText(demo.told.learner.name).waitFor();
  assert.equal(await tab.evaluate(() => document.activeElement.id), "typed");
  await scan(tab, demo.told.learner.email.toUpperCase());
  await answers(tab).getByText("Already checked in").waitFor();
  assert.ok((await came()) - before <= 1);
  await scan(tab, "no-such-card");
  await answers(tab).getByText("Not known").waitFor();
  assert.deepEqual(heard, []);
  await tab.context().close();
});

test("What is scanned without a connection survives a reload and counts once when there is one again", async () => {
  const { tab, event, came } = await openDesk();
  const before = await came();
  const entries = "**/desk/entries";
  // The request arrives and its answer is lost: the worst of all dropped connections.
  await tab.route(entries, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await scan(tab, demo.told.other_learner.student_id);
  await tab.getByText("1 entry is kept here").waitFor();
  // The later route comes first.
  await tab.route(entries, (route) => route.abort("internetdisconnected"));
  await scan(tab, "lost-card-4711");
  await tab.getByText("2 entries are kept here").waitFor();
  await tab.reload();
  await tab.getByText("2 entries are kept here").waitFor();
  await tab.unrouteAll();
  await tab.reload();
  await tab.waitForFunction(() => document.querySelector("[data-waiting]").textContent === "");
  assert.ok((await came()) - before <= 1);
  await tab.goto(`${event}/attendance/parked?q=lost-card-4711`);
  assert.equal(await tab.getByRole("link", { name: "lost-card-4711" }).count(), 1);
  await tab.context().close();
});

test("An ended session keeps what was scanned and says to sign in again", async () => {
  const { tab, event } = await openDesk();
  await demo.endSessions();
  await scan(tab, "card-after-the-session");
  await tab.getByText("Sign in again.").waitFor();
  await tab.getByRole("link", { name: "Sign in and go on" }).click();
  await tab.getByLabel("E-mail address").waitFor();
  await signIn(tab, demo.account("registrar"));
  await tab.goto(`${event}/desk`);
  await tab.waitForFunction(() => document.querySelector("[data-waiting]").textContent === "");
  await tab.goto(`${event}/attendance/parked?q=card-after-the-session`);
  assert.equal(await tab.getByRole("link", { name: "card-after-the-session" }).count(), 1);
  await tab.context().close();
});

test("What a list would not record comes as a file, and the list is recorded all the same", async () => {
  const { tab, event } = await openDesk();
  await tab.goto(`${event}/attendance/file`);
  const buffer = Buffer.from(`student_id,status\n${demo.told.other_learner.student_id},excused\n0000000,attended\n`);
  await tab.locator("input[type=file]").setInputFiles({ name: "came.csv", mimeType: "text/csv", buffer });
  await tab.getByRole("button", { name: "Look at it" }).click();
  await tab.getByRole("button", { name: "Look at it first" }).click();
  await tab.getByRole("heading", { name: "What would be recorded" }).waitFor();
  const given = async (button) => {
    const coming = tab.waitForEvent("download");
    await tab.getByRole("button", { name: button }).click();
    const file = await coming;
    assert.equal(file.suggestedFilename(), "attendance.rejected.csv");
    assert.match(await readFile(await file.path(), "utf8"), /^\ufeffstudent_id,status,reason\n(.*\n)?0000000,attended,Nobody here/);
  };
  await given("What would not go in");
  await tab.getByLabel("Reason").fill("The host’s list");
  await tab.getByRole("button", { name: "Record these" }).click();
  await tab.getByRole("heading", { name: "What was recorded" }).waitFor();
  await given("What did not go in");
  await tab.context().close();
});

test("The desk works without its script", async () => {
  const tab = await demo.signedIn("registrar", { javaScriptEnabled: false });
  await tab.goto("/admin/events?when=past&sort=-start");
  const event = await tab.locator("tbody th a").first().getAttribute("href");
  await tab.goto(`${event}/desk`);
  await tab.getByLabel("Scan a card").fill("plain-card-0815");
  await tab.getByRole("button", { name: "Check in" }).click();
  await tab.getByRole("heading", { name: "Not known" }).waitFor();
  await tab.context().close();
});
