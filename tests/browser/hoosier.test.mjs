// The record that Testamur grew from: Indiana University's First-Year Hoosier Experience award, under its own code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints, downloaded, pagesOfPdf, portal, textOfPdf } from "./portal.mjs";

const demo = portal();

const CEDID = "19FD-D80S-A9TU";
const TITLE = "First-Year Hoosier Experience Achievement Award";
const HOLDER = "Allison Fake Student";
const EVENTS = [
  "Student Involvement Fair",
  "Culture Fest",
  "Winter Involvement Fair",
  "SICE Career Fair",
  "University Division Majors, Minors, and More Fair",
  "Sex, Drugs, and Rock'n'Roll",
];

test("The Hoosier award opens under its own code with everything that the university showed of it", async () => {
  const context = await demo.visitor();
  const heard = complaints(context);
  const page = await context.newPage();
  await page.goto(`/c/${CEDID}`);
  await page.getByRole("heading", { level: 1, name: "This credential is valid" }).waitFor();

  const credential = page.getByRole("article", { name: TITLE });
  const text = await credential.innerText();
  const facts = [CEDID, HOLDER, "7 November 2019", "FYE Hoosier Experience", "408 N. Union St."];
  const offices = ["Office of the Registrar Indiana University Bloomington", "Office of Enrollment Management"];
  for (const fact of [...facts, ...offices]) assert.ok(text.includes(fact), `${fact} is missing:\n${text}`);
  await credential.getByRole("img", { name: "QR code that opens this page" }).waitFor();

  await page.getByRole("heading", { level: 2, name: "Educational Experience" }).waitFor();
  const events = page.getByRole("region", { name: "6 events attended" }).getByRole("listitem");
  const shown = await events.allInnerTexts();
  assert.equal(shown.length, EVENTS.length);
  for (const event of EVENTS) assert.ok(shown.some((line) => line.startsWith(event)), `${event} is missing: ${shown}`);
  assert.deepEqual(heard, []);
});

test("Export json and Download PDF give the Hoosier award whole", async () => {
  const page = await (await demo.visitor()).newPage();
  await page.goto(`/c/${CEDID}`);
  const json = await downloaded(page, page.getByRole("link", { name: "Export json" }));
  assert.match(json.type, /json/);
  const { assertions } = JSON.parse(json.bytes);
  assert.equal(assertions.length, 1 + EVENTS.length, "the award and its six events");
  assert.equal(assertions.filter((one) => one["testamur:cedid"] === CEDID).length, 1);

  const pdf = await downloaded(page, page.getByRole("link", { name: "Download PDF" }));
  const text = await textOfPdf(pdf.bytes);
  for (const fact of [CEDID, HOLDER, ...EVENTS]) assert.ok(text.includes(fact), `${fact} is missing:\n${text}`);
  const certificate = await downloaded(page, page.getByRole("link", { name: "Wall certificate" }));
  assert.ok((await textOfPdf(certificate.bytes)).includes(HOLDER));
});

test("The Hoosier award is printed on one page, of Letter and of A4, and says how to validate it", async () => {
  const page = await (await demo.visitor()).newPage();
  await page.goto(`/c/${CEDID}`);
  await page.emulateMedia({ media: "print" });
  await page.getByText("To validate the authenticity of this credential, visit").waitFor();
  for (const format of ["Letter", "A4"]) {
    const printed = await page.pdf({ format, printBackground: true });
    assert.equal(await pagesOfPdf(printed), 1, format);
    const text = await textOfPdf(printed);
    for (const fact of [CEDID, HOLDER, "7 November 2019"]) assert.ok(text.includes(fact), `${fact} on ${format}:\n${text}`);
  }
});
