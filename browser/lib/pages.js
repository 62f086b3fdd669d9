// Who can open what. A new page is one line here.
//
// `{id}` stands for the first thing of that kind that a page opened before links to, so a list comes
// before what it lists.

const EVERYBODY = [
  '/',
  '/programmes',
  '/programmes/{id}',
  '/targets/{id}',
  '/tasks',
  '/tasks/{id}',
  '/documents',
  '/organisations',
  '/organisations/{id}',
  '/areas',
  '/areas/{id}',
  '/indicators',
  '/indicators/{id}',
  '/compare',
  '/compare?indicator=grdp_current',
  '/observations',
  '/observations/{id}',
  '/definitions',
  '/search?q=chuyen+doi+so',
];

const SIGNED_IN = [...EVERYBODY, '/reports'];

const INSIDE = [
  ...SIGNED_IN,
  '/my-work',
  '/imports',
  '/batches',
  '/campaigns',
  '/campaigns/{id}',
  '/campaigns/{id}/requests/{id}',
  '/surveys',
  '/completeness',
  '/targets/{id}/parts',
  '/programmes/{id}/ranking',
  '/documents/{id}',
  '/documents/{id}/reading',
  '/removals',
  '/history',
  '/history/task/{id}',
  '/history/programme/{id}',
];

/** Pages that answer 200, by role; `visitor` has not signed in. */
export const PAGES = {
  visitor: [...EVERYBODY, '/sign-in'],
  programme_officer: [...INSIDE, '/campaigns/new', '/observations/new', '/surveys/new', '/surveys/{id}', '/workbooks', '/reports/new'],
  focal_officer: [...INSIDE, '/observations/new', '/surveys/new', '/workbooks'],
  assigner: [...INSIDE, '/reports/new'],
  leader: INSIDE,
  inspector: INSIDE,
  enterprise: SIGNED_IN,
  researcher: SIGNED_IN,
  citizen: SIGNED_IN,
  operator: ['/', '/accounts', '/accounts/{id}', '/removals', '/system', '/definitions'],
};

const OPERATORS = ['/accounts', '/system'];
const OFFICERS = ['/history', '/reports/new', '/observations/new', '/imports', '/batches', '/campaigns', '/campaigns/new', '/surveys', '/surveys/new', '/completeness', '/workbooks'];

/** Pages that a role is refused: never 200, whatever else. */
export const REFUSED = {
  visitor: [...OPERATORS, ...OFFICERS, '/removals', '/my-work', '/reports'],
  programme_officer: OPERATORS,
  focal_officer: [...OPERATORS, '/reports/new'],
  assigner: [...OPERATORS, '/observations/new'],
  leader: [...OPERATORS, '/reports/new', '/observations/new'],
  inspector: [...OPERATORS, '/reports/new', '/observations/new'],
  enterprise: [...OPERATORS, ...OFFICERS, '/removals'],
  researcher: [...OPERATORS, ...OFFICERS, '/removals'],
  citizen: [...OPERATORS, ...OFFICERS, '/removals'],
  operator: OFFICERS,
};

/** Does an address have the form of a path in which `{id}` stands for one segment? A form's `new` is none. */
export function fits(path, address) {
  const escaped = path.split('{id}').map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('(?!new$)[^/]+')}$`).test(address);
}

/**
 * Opens the pages in order, calls `check(path, response)` on each, and follows their links to fill in
 * `{id}`. `each(name, run)` runs one page: a subtest. A page answers for its own faults only.
 */
export async function walk({ page, faults }, paths, each, check) {
  const links = new Set();
  for (const path of paths) {
    await each(path, async () => {
      const address = path.includes('{id}') ? [...links].find((link) => fits(path, link)) : path;
      if (!address) throw new Error(`no page opened so far links to ${path}`);
      faults.length = 0;
      const response = await page.goto(address);
      const found = await page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      for (const link of found) links.add(link.split(/[?#]/)[0]);
      await check(address, response);
    });
  }
}
