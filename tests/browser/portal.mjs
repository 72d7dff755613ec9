// A demonstration portal of its own for each test file, a browser to look at it with, and the mail it sends.
//
// Nothing here skips: without a program to start or a browser to start it in, the test file fails and says why.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { chromium } from "playwright-core";

const run = promisify(execFile);

/** A portal and a browser, there before the tests of the file that calls this and gone after them. */
export function portal() {
  const portal = new Portal();
  before(() => portal.start(), { timeout: 120_000 });
  after(() => portal.stop());
  return portal;
}

class Portal {
  async start() {
    this.program = named("TESTAMUR_BIN", "the program to test");
    const browser = named("CHROMIUM", "the browser to test it with");
    this.folder = await mkdtemp(join(tmpdir(), "testamur-browser-"));
    this.outbox = join(this.folder, "mail");
    await this.#startDemonstration();
    // A browser that runs as root, as in a container, can't have a sandbox.
    this.browser = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
  }

  async #startDemonstration() {
    const mail = { TESTAMUR_SMTP_URL: `file:${this.outbox}`, TESTAMUR_MAIL_FROM: "Registrar <registrar@iu.example>" };
    this.child = spawn(this.program, ["demo", "--bind", "127.0.0.1:0", "--json"], {
      env: { ...process.env, ...mail, TMPDIR: this.folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let complaints = "";
    this.child.stderr.on("data", (text) => (complaints += text));
    const gone = new Promise((_, reject) => {
      this.child.once("error", reject);
      this.child.once("exit", (status) => reject(new Error(`demo ended with ${status}: ${complaints}`)));
    });
    gone.catch(() => {});
    const lines = createInterface({ input: this.child.stdout });
    const first = new Promise((resolve) => lines.once("line", resolve));
    this.told = JSON.parse(await Promise.race([first, gone]));
    this.url = this.told.base_url;
  }

  /**
   * Another portal over an empty database, with the master key of the demonstration: its address, and the link with which
   * its first administrator chooses a password.
   */
  async another(email) {
    const database = `sqlite:${join(this.folder, "another.db")}`;
    const env = { ...process.env, ...this.told.settings, TESTAMUR_DATABASE_URL: database, TESTAMUR_BIND: "127.0.0.1:0" };
    delete env.TESTAMUR_BASE_URL;
    this.second = spawn(this.program, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
    const url = await new Promise((resolve, reject) => {
      let said = "";
      const hear = (text) => {
        said += text;
        const listening = /listening on (http:\/\/[\d.:]+)/.exec(said);
        if (listening) resolve(listening[1]);
      };
      this.second.stdout.on("data", hear);
      this.second.stderr.on("data", hear);
      this.second.once("exit", (status) => reject(new Error(`serve ended with ${status}: ${said}`)));
    });
    const words = ["staff", "add", "--role", "administrator", "--email", email, "--name", "Ada New"];
    const { stdout } = await run(this.program, words, { env: { ...env, TESTAMUR_BASE_URL: url } });
    return { url, link: /http\S+\/set-up\/\S+/.exec(stdout)[0] };
  }

  async stop() {
    await this.browser?.close();
    for (const child of [this.child, this.second]) {
      if (!child || child.exitCode !== null) continue;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }

  /** The account of a role: its e-mail address and password. */
  account(role) {
    return this.told.staff.find((one) => one.role === role);
  }

  /** A browser of somebody's own, with no cookies yet, whose addresses may begin with a slash. */
  async visitor(options = {}) {
    const context = await this.browser.newContext({ baseURL: this.url, locale: "en-US", ...options });
    context.setDefaultTimeout(15_000);
    return context;
  }

  /** A page in which that role is signed in. */
  async signedIn(role, options) {
    const page = await (await this.visitor(options)).newPage();
    await signIn(page, this.account(role));
    return page;
  }

  /** Runs another command of the program beside the demonstration, on the same data; gives what it printed. */
  async command(...words) {
    const { stdout } = await run(this.program, words, { env: { ...process.env, ...this.told.settings } });
    return stdout;
  }

  /** Lets every session of the demonstration end, as two hours without a request do. */
  async endSessions() {
    const file = this.told.settings.TESTAMUR_DATABASE_URL.replace(/^sqlite:/, "");
    const script = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=10); "
      + "db.execute(\"UPDATE session SET seen_at = datetime(seen_at, '-2 hours')\"); db.commit()";
    await run("python3", ["-c", script, file]);
  }

  /** The text of the first letter to that address which fits; waits until it was delivered. */
  async letter(recipient, fits) {
    const until = Date.now() + 30_000;
    for (;;) {
      for (const text of await this.#letters()) {
        if (text.includes(recipient) && fits.test(text)) return text;
      }
      assert.ok(Date.now() < until, `no letter to ${recipient} that fits ${fits} was delivered within 30 seconds`);
      await sleep(200);
    }
  }

  async #letters() {
    const names = await readdir(this.outbox).catch(() => []);
    const letters = names.filter((name) => name.endsWith(".eml"));
    return Promise.all(letters.map(async (name) => readable(await readFile(join(this.outbox, name), "latin1"))));
  }
}

function named(variable, what) {
  const value = process.env[variable];
  assert.ok(value, `${variable} must name ${what}`);
  return value;
}

/** A letter as a person reads it: unfolded, and with the bytes that quoted-printable had spelled out. */
function readable(letter) {
  const bytes = letter
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** Signs in through the form and waits for the page behind it. */
export async function signIn(page, { email, password }) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/admin**");
}

/**
 * Everything the browser complains about from now on in all pages of a context: errors of scripts, what the policy
 * refused, files that were not there. A test that expects a refused form names its status.
 */
export function complaints(context, expected = []) {
  const heard = [];
  context.on("console", (message) => {
    const refused = /status of (\d{3})/.exec(message.text());
    const isExpected = refused && expected.includes(Number(refused[1]));
    if (["error", "warning"].includes(message.type()) && !isExpected) heard.push(message.text());
  });
  context.on("weberror", (error) => heard.push(String(error.error())));
  return heard;
}

/** What a link that downloads gives: its bytes. */
export async function downloaded(page, link) {
  const address = await link.getAttribute("href");
  const answer = await page.context().request.get(address);
  assert.equal(answer.status(), 200, address);
  return { type: answer.headers()["content-type"], bytes: await answer.body() };
}

/** The text of a PDF, as `pdftotext` reads it. */
export async function textOfPdf(bytes) {
  assert.equal(bytes.subarray(0, 4).toString("latin1"), "%PDF");
  const reading = run("pdftotext", ["-", "-"]);
  reading.child.stdin.end(bytes);
  return (await reading).stdout;
}

/** How many pages a PDF has. */
export async function pagesOfPdf(bytes) {
  const reading = run("pdfinfo", ["-"]);
  reading.child.stdin.end(bytes);
  return Number(/^Pages:\s+(\d+)$/m.exec((await reading).stdout)[1]);
}
