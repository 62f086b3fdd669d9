import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertClean, checkAccessibility, launch, openWindow, screenshot, signIn } from '../lib/browser.js';
import { logins, startDemo } from '../lib/demo.js';
import { handIn } from '../lib/work.js';

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

test('a wrong method is told', async (t) => {
  const window = await openWindow(browser, demo);
  t.after(() => window.close());
  assert.equal((await window.page.request.delete('/programmes')).status(), 405);
});

test('a file that is too large gets a page that helps', async (t) => {
  const window = await openWindow(browser, demo);
  t.after(() => window.close());
  const { page } = window;
  const folder = await mkdtemp(join(tmpdir(), 'dotpha-large-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'qua-lon.txt');
  await writeFile(file, Buffer.alloc(40 << 20, 'x'));
  await signIn(page, (await logins()).programme_officer, demo.password);
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await handIn(page, file);
  assert.equal((await answered).status(), 413);
  assert.match(await page.locator('main').innerText(), /MB/);
  await checkAccessibility(page);
  assert.equal((await page.request.get('/healthz')).status(), 200);
  assertClean(window);
});
