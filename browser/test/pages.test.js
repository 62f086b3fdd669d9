import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, checkAccessibility, checkNoOverflow, launch, openWindow, PHONE, screenshot, signIn } from '../lib/browser.js';
import { logins, startDemo } from '../lib/demo.js';
import { PAGES, REFUSED, walk } from '../lib/pages.js';

let demo, browser, accounts;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  accounts = await logins();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Cookies of those who have signed in: once each, because passwords are slow and tries are limited. */
const signedIn = {};

/** A window in which somebody of this role has signed in. */
async function openAs(t, role, options) {
  if (role !== 'visitor' && !signedIn[role]) {
    assert.ok(accounts[role], `demo/accounts.toml has no ${role}`);
    const window = await openWindow(browser, demo);
    await signIn(window.page, accounts[role], demo.password);
    signedIn[role] = await window.page.context().storageState();
    await window.close();
  }
  const window = await openWindow(browser, demo, { ...options, storageState: signedIn[role] });
  t.after(() => window.close());
  return window;
}

/** What every page must be, whoever looks. */
async function checkPage(page, response) {
  assert.equal(response.status(), 200);
  assert.equal(await page.locator('h1').count(), 1, 'one heading of the first level');
  assert.ok((await page.title()).trim());
}

/** The same address answers JSON and CSV where the page says so. */
async function checkRepresentations(page) {
  for (const [format, type] of [['json', 'application/json'], ['csv', 'text/csv']]) {
    const link = page.locator(`footer a[href*="format=${format}"]`).first();
    if ((await link.count()) === 0) continue;
    const response = await page.request.get(new URL(await link.getAttribute('href'), page.url()).href);
    assert.equal(response.status(), 200, format);
    assert.ok(response.headers()['content-type'].startsWith(type), `${format}: ${response.headers()['content-type']}`);
    if (format === 'json') await response.json();
  }
}

const pictureOf = (role, address) => `${role}${address.replace(/\?.*/, '').replace(/[0-9a-f-]{36}/g, 'id').replace(/\W+/g, '-')}`;

for (const [role, paths] of Object.entries(PAGES)) {
  test(`the pages of ${role}`, async (t) => {
    const window = await openAs(t, role);
    const { page } = window;
    await walk(window, paths, (name, run) => t.test(name, run), async (address, response) => {
      await checkPage(page, response);
      await screenshot(page, pictureOf(role, address));
      await checkAccessibility(page);
      await checkRepresentations(page);
      assertClean(window);
    });
  });

  test(`what ${role} may not open`, async (t) => {
    const { page } = await openAs(t, role);
    for (const path of REFUSED[role] ?? []) {
      await t.test(path, async () => {
        const response = await page.request.get(path, { maxRedirects: 0 });
        assert.ok([303, 401, 403, 404].includes(response.status()), `${response.status()}`);
      });
    }
  });
}

test('everything works without JavaScript', async (t) => {
  const window = await openAs(t, 'programme_officer', { javaScriptEnabled: false });
  const { page } = window;
  await walk(window, PAGES.programme_officer, (name, run) => t.test(name, run), async (address, response) => {
    await checkPage(page, response);
    assert.ok((await page.locator('main').innerText()).trim().length > 20, 'the page says something');
    assertClean(window);
  });
});

test('every page fits a telephone', async (t) => {
  const window = await openAs(t, 'programme_officer', { viewport: PHONE });
  const { page } = window;
  await walk(window, PAGES.programme_officer, (name, run) => t.test(name, run), async (address, response) => {
    await checkPage(page, response);
    await checkNoOverflow(page);
    assertClean(window);
  });
});

test('every page speaks English', async (t) => {
  const window = await openAs(t, 'programme_officer');
  const { page } = window;
  await page.goto('/language?lang=en&to=/');
  await walk(window, PAGES.programme_officer, (name, run) => t.test(name, run), async (address, response) => {
    await checkPage(page, response);
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assertClean(window);
  });
});
