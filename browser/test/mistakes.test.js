import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { assertClean, checkAccessibility, launch, openWindow, screenshot } from '../lib/browser.js';
import { startDemo } from '../lib/demo.js';

let demo, browser;

before(async () => {
  demo = await startDemo();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const nobody = '00000000-0000-7000-8000-000000000000';

for (const path of ['/khong-co-trang-nay', `/tasks/${nobody}`, '/tasks/khong-phai-ma', '/documents/..%2f..%2fetc', '/%ff']) {
  test(`${path} is a page that helps`, async (t) => {
    const window = await openWindow(browser, demo);
    t.after(() => window.close());
    const { page } = window;
    const response = await page.goto(path);
    assert.ok([400, 404].includes(response.status()), `${response.status()}`);
    assert.ok(await page.locator('a[href="/"]').count(), 'there is a way home');
    await checkAccessibility(page);
    if (path === '/khong-co-trang-nay') await screenshot(page, 'not-found');
    assertClean(window);
  });
}

test('a wrong method and a body that is too large are told', async (t) => {
  const window = await openWindow(browser, demo);
  t.after(() => window.close());
  const { page } = window;
  assert.equal((await page.request.delete('/programmes')).status(), 405);
  await page.goto('/sign-in');
  const csrf = await page.inputValue('form[action="/sign-in"] input[name=csrf]');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const body = new URLSearchParams({ csrf, login: 'x'.repeat(40 << 20), password: 'x' }).toString();
  assert.equal(await statusOf(new URL('/sign-in', demo.address), { cookie }, body), 413);
  assert.equal((await page.request.get('/health')).status(), 200);
});

/** Status of the answer to a body that the server need not read to its end: it may close the connection first. */
function statusOf(url, headers, body) {
  const options = { method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } };
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => resolve(response.resume().statusCode));
    asked.on('error', reject);
    asked.end(body);
  });
}
