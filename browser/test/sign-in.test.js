import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, checkAccessibility, checkNoOverflow, fillSignIn, launch, openWindow, PHONE, screenshot, signIn } from '../lib/browser.js';
import { logins, startDemo } from '../lib/demo.js';

let demo, browser, window, officer;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  officer = (await logins()).programme_officer;
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** The page of those who have signed in says so, and how. */
async function assertClosed(page) {
  const response = await page.goto('/my-work');
  assert.equal(response.status(), 401);
  assert.ok(await page.locator('main a[href^="/sign-in"]').count(), 'there is a way to sign in');
}

async function fresh(t, options) {
  window = await openWindow(browser, demo, options);
  t.after(() => window.close());
  return window.page;
}

test('the sign-in page can be read by everybody', async (t) => {
  const page = await fresh(t);
  const response = await page.goto('/sign-in');
  assert.equal(response.status(), 200);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await checkAccessibility(page);
  await screenshot(page, 'sign-in');
  await page.setViewportSize(PHONE);
  await checkNoOverflow(page);
  assertClean(window);
});

test('a wrong password keeps what was typed, except the password, and says so', async (t) => {
  const page = await fresh(t);
  await page.goto('/sign-in?to=/tasks');
  await fillSignIn(page, officer, 'sai mật khẩu');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  assert.equal(await page.inputValue('input[name=login]'), officer);
  assert.equal(await page.inputValue('input[name=password]'), '');
  assert.ok((await page.locator('[role=alert]').first().innerText()).trim());
  await checkAccessibility(page);
  await screenshot(page, 'sign-in-refused');

  await fillSignIn(page, officer, demo.password);
  assert.equal(new URL(page.url()).pathname, '/tasks', 'leads to where one wanted to go');
  assertClean(window);
});

test('after signing out the page of those signed in is closed again', async (t) => {
  const page = await fresh(t);
  await signIn(page, officer, demo.password);
  assert.equal((await page.goto('/my-work')).status(), 200);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-out"] button')]);
  await assertClosed(page);
  assertClean(window);
});

test('the way back never leads to another server', async (t) => {
  const page = await fresh(t);
  await page.goto('/sign-in?to=//elsewhere.example/');
  await fillSignIn(page, officer, demo.password);
  assert.equal(new URL(page.url()).origin, demo.address);
  assertClean(window);
});

test('a form without its token changes nothing', async (t) => {
  const page = await fresh(t);
  const response = await page.request.post('/sign-in', { form: { login: officer, password: demo.password } });
  assert.ok(response.status() >= 400 && response.status() < 500, `${response.status()}`);
  await assertClosed(page);
});

test('the language can be changed and stays', async (t) => {
  const page = await fresh(t);
  await page.goto('/sign-in');
  assert.equal(await page.getAttribute('html', 'lang'), 'vi');
  await Promise.all([page.waitForNavigation(), page.click('a[lang=en]')]);
  await page.goto('/sign-in');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  assertClean(window);
});
