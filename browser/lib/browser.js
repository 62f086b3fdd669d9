// A browser that watches itself: what left the server, what the console said.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * A window of its own, with its own cookies: a page, and `faults`, to which everything is added that a
 * page of ours must not do: ask another server for something, break its own security policy, throw.
 */
export async function openWindow(browser, demo, { viewport = DESKTOP, javaScriptEnabled = true, storageState } = {}) {
  const context = await browser.newContext({
    viewport,
    javaScriptEnabled,
    storageState,
    baseURL: demo.address,
    locale: 'vi-VN',
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults = [];
  const home = new URL(demo.address).origin;
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== home) faults.push(`asked ${request.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`threw ${error.message}`));
  page.on('console', (message) => {
    // Chromium also complains when a page itself is a 404 or 422; the tests look at the status.
    const ofThePage = message.text().startsWith('Failed to load resource') && message.location().url === page.url();
    if (message.type() === 'error' && !ofThePage) faults.push(`console: ${message.text()}`);
  });
  return { page, faults, close: () => context.close() };
}

export function assertClean({ page, faults }) {
  assert.deepEqual(faults.splice(0), [], page.url());
}

/** Signs in by the form and ends where the server leads. */
export async function signIn(page, login, password) {
  await page.goto('/sign-in');
  await fillSignIn(page, login, password);
  assert.notEqual(new URL(page.url()).pathname, '/sign-in', `${login} was not let in`);
}

export async function fillSignIn(page, login, password) {
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', password);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-in"] button[type=submit]')]);
}

/** Pictures of the page on a desk and on a telephone, when DOTPHA_SCREENSHOTS names a folder. */
export async function screenshot(page, name) {
  const folder = process.env.DOTPHA_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  for (const size of [DESKTOP, PHONE]) {
    await page.setViewportSize(size);
    await page.screenshot({ path: join(folder, `${name}-${size.width}.png`), fullPage: true });
  }
  await page.setViewportSize(before);
}

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/** axe finds nothing against WCAG 2.2 AA. */
export async function checkAccessibility(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }),
    WCAG_22_AA,
  );
  const told = found.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.html}\n    ${node.failureSummary}`).join('\n')}`,
  );
  assert.deepEqual(told, [], page.url());
}

/** Nothing makes the page wider than the window: the first elements that do are named. */
export async function checkNoOverflow(page) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = (element) => {
      for (let at = element; at; at = at.parentElement) {
        if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX) && at !== document.body) return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement),
    );
    const told = out.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
    return told.length ? told : ['the document itself'];
  });
  assert.deepEqual(wide, [], `${page.url()} is wider than ${page.viewportSize().width} px`);
}
