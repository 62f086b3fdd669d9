// What officers do again and again: pressing a button, handing a file in, waiting for a job.

/** How long a job may take on two busy cores. */
const PATIENCE_MS = 120_000;

/** Presses what leads to another page, and waits for that page. */
export async function press(page, selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

/** Hands a file in on `/documents`: a path, or `{ name, mimeType, buffer }`. */
export async function handIn(page, file) {
  await page.goto('/documents');
  const form = page.locator('form[action="/documents"][method=post]');
  if (!(await form.isVisible())) await page.click('details.upload > summary');
  await form.locator('input[type=file]').setInputFiles(file);
  await Promise.all([page.waitForNavigation(), form.locator('button[type=submit]').click()]);
}

/** Waits on the page of a job, which leads to its outcome by itself when it has not ended before it was drawn. */
export async function jobDone(page) {
  const left = (url) => !url.pathname.startsWith('/jobs/');
  const job = new URL(page.url());
  if (left(job)) throw new Error(`${job} is no page of a job`);
  const ended = await page.locator('main .notice-good a').count().catch(() => 0);
  if (ended) await page.click('main .notice-good a');
  await page.waitForURL(left, { timeout: PATIENCE_MS });
}
