import assert from 'node:assert/strict';
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

/** A word that stands nowhere else in the demo. */
const WORD = 'Quơnvilắk';
const NAME = 'ke-hoach-quonvilak.txt';
const TEXT = `UBND TỈNH LAM SƠN
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
MẬT

KẾ HOẠCH
Phát triển trạm quan trắc ${WORD} giai đoạn 2027-2031

1. Đến năm 2031, tỷ lệ trạm ${WORD} được kết nối đạt 64%.
2. Sở Khoa học và Công nghệ chủ trì xây dựng trạm ${WORD} trong quý II năm 2028.
`;

/** Addresses at which a trace of the document would show, with what they must not say. */
const PLACES = [
  `/search?q=${encodeURIComponent(WORD)}`,
  '/search?q=quonvilak',
  `/documents?q=${encodeURIComponent(WORD)}`,
  '/documents',
  '/tasks?q=quonvilak',
  '/history',
];

test('a document marked MẬT is refused, and nothing of it can be found', async (t) => {
  const window = await openWindow(browser, demo);
  t.after(() => window.close());
  const { page } = window;
  await signIn(page, (await logins()).programme_officer, demo.password);

  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await handIn(page, { name: NAME, mimeType: 'text/plain', buffer: Buffer.from(TEXT) });
  assert.equal((await answered).status(), 422);
  assert.match(await page.locator('#e-file').innerText(), /Mật.*từ chối/s);
  assert.doesNotMatch(await page.locator('main').innerText(), new RegExp(WORD), 'the page repeats nothing of the content');
  await checkAccessibility(page);
  await screenshot(page, 'secret-refused');

  for (const address of PLACES) {
    const response = await page.request.get(address, { headers: { accept: 'application/json' } });
    assert.equal(response.status(), 200, address);
    // The address asked for is part of the answer: only what was found counts.
    const found = JSON.stringify({ ...(await response.json()), q: undefined });
    assert.doesNotMatch(found, /quơnvilắk|quonvilak/i, address);
  }
  assertClean(window);
});
