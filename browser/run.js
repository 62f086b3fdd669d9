// Runs the tests against one demo province that all files share. `node run.js [files or options]`.
//
// DOTPHA             the binary; by default the one cargo built
// DOTPHA_ADDRESS and DOTPHA_PASSWORD   a demo that already runs, instead of a fresh one
// DOTPHA_SCREENSHOTS a folder for pictures of the pages

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { startDemo } from './lib/demo.js';

const demo = await startDemo();
const options = process.argv.slice(2);
const files = options.some((option) => option.endsWith('.js'))
  ? []
  : readdirSync('test').filter((name) => name.endsWith('.test.js')).map((name) => `test/${name}`);
const tests = spawn(process.execPath, ['--test', '--test-reporter=spec', ...options, ...files], {
  stdio: 'inherit',
  env: { ...process.env, DOTPHA_ADDRESS: demo.address, DOTPHA_PASSWORD: demo.password },
});
tests.on('exit', async (code) => {
  await demo.stop();
  process.exitCode = code ?? 1;
});
