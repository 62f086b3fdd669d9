// A report: drawing it up, and what it must be on screen and as files.

import assert from 'node:assert/strict';
import { jobDone, press } from './work.js';

/** Draws a report up by the form and ends on its page. */
export async function drawUp(page, programme, definition, period) {
  await page.goto('/reports/new');
  await page.selectOption('[name=definition]', definition);
  await page.selectOption('[name=programme]', programme);
  await page.fill('[name=period]', period);
  await press(page, 'form[action="/reports"] button.primary');
  await jobDone(page);
  assert.match(new URL(page.url()).pathname, /^\/reports\/[0-9a-f-]{36}$/);
}

/** The report of this page as DOCX and PDF is a file of that kind with something in it. */
export async function checkFiles(page) {
  const { pathname } = new URL(page.url());
  for (const [format, magic] of [['docx', 'PK'], ['pdf', '%PDF']]) {
    const response = await page.request.get(`${pathname}/${format}`);
    assert.equal(response.status(), 200, format);
    const bytes = await response.body();
    assert.equal(bytes.subarray(0, magic.length).toString('latin1'), magic);
    assert.ok(bytes.length > 5000, `${format} of ${bytes.length} bytes`);
  }
}

/** Every figure of this page leads to its source, and those that a paragraph ordered to a paragraph that exists. */
export async function checkFigures(page) {
  const report = page.url();
  const lost = await page.evaluate(() =>
    [...document.querySelectorAll('a.figure')].map((a) => a.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id)),
  );
  assert.deepEqual(lost, [], 'figures lead to their rows');
  const sources = await page
    .locator('tr[id^="figure-"]')
    .evaluateAll((rows) => rows.map((row) => [row.innerText, row.querySelectorAll('a[href^="/"]').length]));
  assert.ok(sources.length > 0, 'there are figures');
  assert.deepEqual(sources.filter(([, links]) => links === 0), [], 'every figure has a source');

  const paragraphs = await page
    .locator('tr[id^="figure-"] a[href^="/documents/"][href*="#"]')
    .evaluateAll((all) => [...new Set(all.map((a) => a.getAttribute('href')))].sort());
  assert.ok(paragraphs.length > 0, 'figures lead to paragraphs');
  for (const address of paragraphs) {
    const [document, anchor] = address.split('#');
    if (new URL(page.url()).pathname !== document) await page.goto(document);
    assert.equal(await page.locator(`[id="${decodeURIComponent(anchor)}"]`).count(), 1, address);
  }
  await page.goto(report);
}
