// The main job from end to end, as its three audiences live it: a registrar, a learner and a stranger, each in a
// browser of their own, with mail that is really delivered (into a folder).

import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints, downloaded, portal, signIn, textOfPdf } from "./portal.mjs";

const demo = portal();

const NAME = "Wiktoria Brzęczyszczykiewicz";
const EMAIL = "wiktoria@iu.example";
const TITLE = "Distinction in Field Botany";
const REASON = "Conferred in error; the field notes were another student’s.";
const NOTE = "See case 4711.";

test("A registrar issues an award, its learner reads it, a stranger checks it, and a revocation reaches all", async (t) => {
  const office = await demo.visitor();
  const home = await demo.visitor();
  const street = await demo.visitor();
  const heard = [office, home, street].map((context) => complaints(context));
  const registrar = await office.newPage();
  const learner = await home.newPage();
  const stranger = await street.newPage();
  let award;
  let cedid;

  await t.test("the registrar signs in through the form", async () => {
    await signIn(registrar, demo.account("registrar"));
    await registrar.getByRole("heading", { level: 1, name: "Good day" }).waitFor();
  });

  await t.test("records a learner", async () => {
    await registrar.getByRole("link", { name: "Learners", exact: true }).click();
    await registrar.getByRole("link", { name: "New learner" }).click();
    await registrar.getByLabel("Given name").fill("Wiktoria");
    await registrar.getByLabel("Family name").fill("Brzęczyszczykiewicz");
    await registrar.getByLabel("Student number").fill("0000990001");
    await registrar.getByLabel("E-mail address").fill(EMAIL);
    await registrar.getByRole("button", { name: "Save new" }).click();
    await registrar.getByRole("heading", { level: 1, name: NAME }).waitFor();
  });

  await t.test("records an achievement", async () => {
    await registrar.getByRole("link", { name: "Achievements", exact: true }).click();
    await registrar.getByRole("link", { name: "New achievement" }).click();
    await registrar.getByLabel("Name", { exact: true }).fill(TITLE);
    await registrar.getByLabel("Code", { exact: true }).fill("BOTANY-D");
    await registrar.getByLabel("Issued by").pressSequentially("enrollment man");
    await registrar.getByRole("option", { name: /^Office of Enrollment Management/ }).click();
    await registrar.getByLabel("Type", { exact: true }).selectOption({ label: "Award" });
    await registrar.getByLabel("Description").fill("For a herbarium of a hundred plants of Indiana.");
    await registrar.getByLabel("Criteria", { exact: true }).fill("A hundred plants, pressed, named and mapped.");
    await registrar.getByRole("button", { name: "Save new achievement" }).click();
    await registrar.getByRole("heading", { level: 1, name: TITLE }).waitFor();
  });

  await t.test("awards it, which makes a draft", async () => {
    await registrar.getByRole("link", { name: "Award it" }).click();
    await registrar.getByLabel("Learner", { exact: true }).fill(EMAIL);
    await registrar.getByLabel("Conferral date").fill("2026-05-09");
    await registrar.getByRole("button", { name: "Save new assertion" }).click();
    await registrar.getByText("Draft", { exact: true }).first().waitFor();
    award = registrar.url();
  });

  await t.test("checks it and issues it with mail", async () => {
    await registrar.getByRole("link", { name: "Check and issue" }).click();
    await registrar.getByRole("heading", { level: 1, name: "Check and issue" }).waitFor();
    assert.ok(await registrar.getByLabel(`Tell ${NAME} by mail`).isChecked(), "telling the learner is the default");
    await registrar.getByRole("button", { name: `Issue this award to ${NAME}` }).click();
    await registrar.getByRole("link", { name: "See it as the public does" }).waitFor();
    assert.equal(registrar.url(), award);
    cedid = await registrar.locator("main code.cedid").first().innerText();
    assert.match(cedid, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  });

  await t.test("the learner gets a letter with the credential’s address", async () => {
    const letter = await demo.letter(EMAIL, /\/c\//);
    assert.ok(letter.includes(`${demo.url}/c/${cedid}`), letter);
  });

  await t.test("the learner asks for a sign-in link and opens it with a button", async () => {
    await learner.goto("/");
    await learner.getByRole("link", { name: "See your own record" }).click();
    await learner.getByLabel("E-mail address").fill(EMAIL);
    await learner.getByRole("button", { name: "Send me a link" }).click();
    await learner.getByRole("heading", { level: 1, name: "Look in your mail" }).waitFor();
    const letter = await demo.letter(EMAIL, /\/sign-in\/link\/[\w-]+/);
    const link = /https?:\S+?\/sign-in\/link\/[\w-]+/.exec(letter)[0];
    // A mail scanner that follows the link first must not use it up.
    assert.equal((await (await demo.visitor()).request.get(link)).status(), 200);
    await learner.goto(link);
    await learner.getByRole("button", { name: "Sign in" }).click();
    await learner.waitForURL("**/record");
  });

  await t.test("sees the record with the award, and takes it along as PDF and JSON", async () => {
    await learner.getByRole("heading", { level: 1, name: NAME }).waitFor();
    const card = learner.getByRole("article", { name: TITLE });
    assert.match(await card.innerText(), new RegExp(`Conferred 9 May 2026.*${cedid}`));
    const whole = learner.locator(".head");
    const pdf = await downloaded(learner, whole.getByRole("link", { name: "PDF" }));
    assert.match(pdf.type, /^application\/pdf/);
    const text = await textOfPdf(pdf.bytes);
    assert.ok(text.includes(NAME) && text.includes(cedid), text);
    const json = await downloaded(learner, whole.getByRole("link", { name: "JSON" }));
    const record = JSON.parse(json.bytes);
    assert.equal(record.learner.email, EMAIL);
    assert.deepEqual(record.assertions.map((one) => one["testamur:cedid"]), [cedid]);
    const certificate = await downloaded(learner, card.getByRole("link", { name: "PDF" }));
    assert.ok((await textOfPdf(certificate.bytes)).includes(NAME));
  });

  await t.test("a stranger who types the code carelessly learns that it is valid", async () => {
    await check(stranger, cedid.toLowerCase().replaceAll("-", ""));
    await stranger.getByRole("heading", { level: 1, name: "This credential is valid" }).waitFor();
    const page = await stranger.locator("main").innerText();
    for (const fact of [NAME, TITLE, cedid, "9 May 2026", "Office of Enrollment Management"]) {
      assert.ok(page.includes(fact), `${fact} is missing:\n${page}`);
    }
    assert.deepEqual(await street.cookies(), [], "checking a code sets no cookie");
    await stranger.getByRole("link", { name: "See the credential" }).click();
    await stranger.waitForURL(`**/c/${cedid}`);
  });

  await t.test("the registrar revokes it with a reason", async () => {
    await registrar.getByRole("link", { name: "Revoke" }).click();
    await registrar.getByLabel("Reason for the public").fill(REASON);
    await registrar.getByLabel("Note for the office").fill(NOTE);
    await registrar.getByRole("button", { name: "Revoke this award" }).click();
    await registrar.getByText("Revoked", { exact: true }).first().waitFor();
    assert.ok((await registrar.locator("main").innerText()).includes(NOTE), "staff keep their own note");
  });

  await t.test("the stranger’s next look says so, with the public reason only", async () => {
    await stranger.reload();
    await revoked(stranger);
    await check(stranger, cedid);
    await revoked(stranger);
    await learner.reload();
    const card = await learner.getByRole("article", { name: TITLE }).innerText();
    assert.ok(card.includes("Revoked") && card.includes(REASON), card);
  });

  await t.test("and no browser complained about anything", () => {
    assert.deepEqual(heard, [[], [], []]);
  });
});

async function check(page, code) {
  await page.goto("/");
  await page.getByRole("textbox", { name: "CeDiD" }).fill(code);
  await page.getByRole("button", { name: "Check credential" }).click();
}

async function revoked(page) {
  await page.getByRole("heading", { level: 1, name: "This credential has been revoked" }).waitFor();
  const text = await page.locator("main").innerText();
  assert.ok(text.includes(REASON), text);
  assert.ok(!text.includes(NOTE), "the office’s note is not for the public");
}
