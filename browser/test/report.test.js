import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, checkAccessibility, checkNoOverflow, launch, openWindow, PHONE, screenshot, signIn } from '../lib/browser.js';
import { logins, startDemo } from '../lib/demo.js';
import { checkFigures, checkFiles, drawUp } from '../lib/report.js';

let demo, browser;

before(async () => {
  demo = await startDemo();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

for (const [definition, period] of [['bao-cao-quy', '2026-Q3'], ['bao-cao-nam', '2025']]) {
  test(`${definition} of ${period} for the demo's programme leads every figure to its source`, async (t) => {
    const window = await openWindow(browser, demo);
    t.after(() => window.close());
    const { page } = window;
    await signIn(page, (await logins()).programme_officer, demo.password);
    const { programmes } = await (await page.request.get('/programmes', { headers: { accept: 'application/json' } })).json();
    assert.ok(programmes.length > 0);
    await drawUp(page, programmes.at(-1).id, definition, period);
    await checkAccessibility(page);
    await screenshot(page, `report-${definition}`);
    await checkFiles(page);
    await checkFigures(page);
    await page.setViewportSize(PHONE);
    await checkNoOverflow(page);
    assertClean(window);
  });
}
