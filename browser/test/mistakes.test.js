import assert from 'node:assert/strict';
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
  const { request } = window.page;
  assert.equal((await request.delete('/programmes')).status(), 405);
  await window.page.goto('/sign-in');
  const csrf = await window.page.inputValue('form[action="/sign-in"] input[name=csrf]');
  const form = { csrf, login: 'x'.repeat(40 << 20), password: 'x' };
  const status = await request.post('/sign-in', { form }).then((r) => r.status(), (error) => error.message);
  // The server may close the connection before it has read all of it.
  assert.ok(status === 413 || /ECONNRESET|EPIPE|socket hang up/.test(status), `${status}`);
  assert.equal((await request.get('/health')).status(), 200);
});
