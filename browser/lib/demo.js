// The demo province: started for the tests, or one that already runs.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
/** Making the province the first time takes its while on two busy cores. */
const PATIENCE_MS = 180_000;

function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(repository, 'target');
  return process.env.DOTPHA ?? join(target, 'debug', 'dotpha');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * A running demo: `{ address, password, stop }`. The one that DOTPHA_ADDRESS names, unless `fresh`;
 * otherwise a new province in a folder of its own, which goes when it is stopped.
 */
export async function startDemo({ fresh = false } = {}) {
  if (process.env.DOTPHA_ADDRESS && !fresh) {
    return {
      address: process.env.DOTPHA_ADDRESS,
      password: process.env.DOTPHA_PASSWORD ?? '',
      stop: async () => {},
    };
  }
  const folder = await mkdtemp(join(tmpdir(), 'dotpha-demo-'));
  const password = 'dùng thử trên trình duyệt';
  const options = ['--address', `127.0.0.1:${await freePort()}`, '--data', folder, '--password', password];
  const child = spawn(binary(), ['demo', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((resolve) => child.on('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { address: await addressPrinted(child), password, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The line that begins with http:// tells that the server answers. */
function addressPrinted(child) {
  return new Promise((resolve, reject) => {
    let [printed, complaints] = ['', ''];
    const fail = (what) => reject(new Error(`the demo ${what}\n${printed}\n${complaints}`));
    const timer = setTimeout(() => fail(`printed no address within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
    child.stderr.on('data', (chunk) => (complaints += chunk));
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const line = /^\s*(http:\/\/\S+?)\/?\s*$/m.exec(printed);
      if (line) {
        clearTimeout(timer);
        resolve(line[1]);
      }
    });
    child.on('error', (error) => fail(`did not start: ${error.message}`));
    child.on('exit', (code) => fail(`ended with code ${code}`));
  });
}

/** Logins of the demo by role: the first account of each in demo/accounts.toml. */
export async function logins() {
  const text = await readFile(join(repository, 'demo', 'accounts.toml'), 'utf8');
  const found = {};
  for (const account of text.split('[[').slice(1)) {
    const field = (name) => new RegExp(`^${name}\\s*=\\s*"([^"]+)"`, 'm').exec(account)?.[1];
    found[field('role')] ??= field('login');
  }
  return found;
}
