// The five real texts: each is read, adopted or refused as it should be, and reported on. They are not part
// of the repository: DOTPHA_SHARED names the folder that holds `texts/` and, marked by hand, `gold/`.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertClean, checkAccessibility, launch, openWindow, screenshot, signIn } from '../lib/browser.js';
import { logins, startDemo } from '../lib/demo.js';
import { checkFigures, checkFiles, drawUp } from '../lib/report.js';
import { handIn, jobDone, press } from '../lib/work.js';

const shared = process.env.DOTPHA_SHARED;
const skip = shared ? false : 'left out: DOTPHA_SHARED names no folder with the five texts';
const texts = shared
  ? readdirSync(join(shared, 'texts')).filter((name) => name.endsWith('.txt')).sort()
  : [];

let demo, browser, cookies;
/** Programmes that the texts were adopted into, by file. */
const programmes = new Map();

before(async () => {
  if (skip) return;
  demo = await startDemo();
  browser = await launch();
  const window = await openWindow(browser, demo);
  await signIn(window.page, (await logins()).programme_officer, demo.password);
  cookies = await window.page.context().storageState();
  await window.close();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function asOfficer(t) {
  const window = await openWindow(browser, demo, { storageState: cookies });
  t.after(() => window.close());
  return window;
}

async function json(page, address) {
  const response = await page.request.get(address, { headers: { accept: 'application/json' } });
  assert.equal(response.status(), 200, address);
  return response.json();
}

/** What was read in the text is near what people found in it: half of it at least, and not half as much again. */
function assertPlausible(found, marked, what) {
  assert.ok(found >= marked * 0.5 && found <= Math.max(marked * 1.5, marked + 2), `${found} ${what}, people found ${marked}`);
}

/** The counts that stand on the reading view, after a look at all that the view must be. */
async function checkReading(page, file) {
  const gold = JSON.parse(readFileSync(join(shared, 'gold', file.replace(/txt$/, 'json')), 'utf8'));
  const [targets, tasks] = (await page.locator('.sum p strong').allInnerTexts()).map(Number);
  assertPlausible(targets, gold.targets.length, 'targets');
  assertPlausible(tasks, gold.tasks.length, 'tasks');
  const lost = await page.evaluate(() =>
    [...document.querySelectorAll('.side a[href^="#x-"], .text mark a')]
      .map((a) => a.getAttribute('href').slice(1))
      .filter((id) => !document.getElementById(id)),
  );
  assert.deepEqual(lost, [], 'cards lead to the text and marks lead to cards');
  assert.equal(await page.locator('.text mark[id]').count() > 0, true, 'something is marked in the text');
  return { targets, tasks, kind: gold.document.kind };
}

/** A news item orders nothing: the page says so, offers no adoption, and the server takes none. */
async function checkReferenceOnly(page, document) {
  await page.goto(`${document}/adopt`);
  assert.match(await page.locator('main .notice-warn').innerText(), /chỉ để tham khảo/);
  assert.equal(await page.locator('form[action$="/adopt"]').count(), 0);
  const item = (await json(page, `${document}/adopt`)).tasks[0].id;
  const form = {
    csrf: await page.inputValue('form[action$="/reference"] input[name=csrf]'),
    into: 'new',
    title: 'Không được lập từ tin báo chí',
    area: '66@2025-07-01',
    from: '2025',
    to: '2030',
    tasks: item,
  };
  const response = await page.request.post(`${document}/adopt`, { form, maxRedirects: 0 });
  assert.ok([409, 422].includes(response.status()), `${response.status()}`);
  await press(page, 'form[action$="/reference"] button');
  assert.equal((await json(page, document)).status, 'reference');
}

/** Adopts everything that was read into a new programme; the board's address. */
async function adopt(page, document, title) {
  await page.goto(`${document}/adopt`);
  await checkAccessibility(page);
  await page.selectOption('[name=into]', 'new');
  await page.fill('[name=title]', title);
  // What the text leaves open, the officer knows.
  if (!(await page.inputValue('[name=from]'))) await page.fill('[name=from]', '2021');
  if (!(await page.inputValue('[name=to]'))) await page.fill('[name=to]', '2030');
  await press(page, 'form[action$="/adopt"] button.primary');
  const { pathname } = new URL(page.url());
  assert.match(pathname, /^\/programmes\/[0-9a-f-]{36}$/, await page.locator('main').innerText());
  return pathname;
}

for (const file of texts) {
  test(`${file} is read, and adopted or refused as it should be`, { skip }, async (t) => {
    const window = await asOfficer(t);
    const { page } = window;
    await handIn(page, join(shared, 'texts', file));
    await jobDone(page);
    const document = new URL(page.url()).pathname.replace(/\/reading$/, '');
    assert.match(document, /^\/documents\/[0-9a-f-]{36}$/);
    await page.goto(`${document}/reading`);
    await checkAccessibility(page);
    await screenshot(page, `reading-${file.slice(0, 3)}`);
    const { targets, tasks, kind } = await checkReading(page, file);
    if (kind === 'news') {
      await checkReferenceOnly(page, document);
    } else {
      const title = `Chương trình từ ${file}`;
      const board = await adopt(page, document, title);
      assert.equal(await page.locator('h1').innerText(), title);
      const onBoard = await page
        .locator('main a[href^="/targets/"]')
        .evaluateAll((all) => new Set(all.map((a) => a.getAttribute('href'))).size);
      assert.equal(onBoard, targets, 'every target that was read stands on the board');
      const { total } = await json(page, `/tasks?programme=${board.split('/').pop()}`);
      assert.equal(total, tasks, 'every task that was read is assigned');
      programmes.set(file, board);
    }
    assertClean(window);
  });
}

test('the five texts', { skip: skip || false }, () => {
  assert.equal(texts.length, 5);
  assert.equal(programmes.size, 2, 'a resolution and a programme were adopted');
});

/** Figures the officer enters: for the share of a target in per cent, of the year before the demo's area changed. */
const FIGURE = { period: '2024', value: '12,5', source: 'Số liệu thử của trình duyệt' };

/** A target measured in per cent, of a level and not a growth, without a figure yet. */
async function targetWithoutFigure(page, board) {
  const { targets } = await json(page, board);
  const fit = targets.find(({ latest_value, target }) =>
    latest_value === null && target.terms.indicator && target.terms.unit === 'percent');
  assert.ok(fit, 'a target in per cent without a figure');
  return `/targets/${fit.id}`;
}

test('a figure is entered with its evidence, and a report leads every figure back to its paragraph', { skip }, async (t) => {
  const board = [...programmes.values()].at(-1);
  const window = await asOfficer(t);
  const { page } = window;

  const target = await targetWithoutFigure(page, board);
  await page.goto(target);
  await press(page, 'a.button[href^="/observations/new"]');
  for (const [field, typed] of Object.entries(FIGURE)) await page.fill(`[name=${field}]`, typed);
  await page.selectOption('[name=stage]', 'reported');
  const evidence = { name: 'minh-chung.txt', mimeType: 'text/plain', buffer: Buffer.from('Bảng tính của người thử.\n') };
  await page.setInputFiles('[name=evidence]', evidence);
  await press(page, 'form[action="/observations"] button.primary');
  const observation = new URL(page.url()).pathname;
  assert.match(observation, /^\/observations\/[0-9a-f-]{36}$/, await page.locator('main').innerText());
  assert.match(await page.locator('main').innerText(), /minh-chung\.txt/);
  await page.goto(target);
  assert.ok(await page.locator(`a[href="${observation}"]`).count(), 'the target shows the figure');

  await drawUp(page, board.split('/').pop(), 'bao-cao-quy', '2026-Q3');
  await checkAccessibility(page);
  await screenshot(page, 'report');
  await checkFiles(page);
  assert.ok(await page.locator(`main a[href="${observation}"]`).count(), 'the report prints the figure entered');
  await checkFigures(page);
  assertClean(window);
});
