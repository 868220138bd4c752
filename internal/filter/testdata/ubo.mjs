// Times npm @gorhill/ubo-core on the lists and requests that it is given, and
// writes what it decides about each request.
// Use: node --expose-gc ubo.mjs LISTS.json REQUESTS.json ROUNDS
import { readFileSync } from 'node:fs';
import { StaticNetFilteringEngine } from '@gorhill/ubo-core';

const log = console.log;
console.log = console.info = () => {}; // it tells its progress there
const lists = JSON.parse(readFileSync(process.argv[2])).map((path) => ({ name: path, raw: readFileSync(path, 'utf8') }));
const requests = JSON.parse(readFileSync(process.argv[3]));
const rounds = Number(process.argv[4]);

const now = () => Number(process.hrtime.bigint()) / 1e6;
const memory = () => {
  globalThis.gc();
  globalThis.gc();
  const m = process.memoryUsage();
  return m.heapUsed + m.external;
};

const engine = await StaticNetFilteringEngine.create();
const before = memory();
let build = Infinity;
for (let i = 0; i < 3; i++) {
  const start = now();
  await engine.useLists(lists);
  build = Math.min(build, now() - start);
}
const bytes = memory() - before;

// The names that a browser extension is given.
const names = { document: 'main_frame', xhr: 'xmlhttprequest', fetch: 'xmlhttprequest', texttrack: 'other', manifest: 'other' };
const read = (r) => ({ originURL: r.page, url: r.url, type: names[r.type] ?? r.type });
let best = Infinity;
for (let i = 0; i < rounds; i++) {
  const start = now();
  for (const r of requests) engine.matchRequest(read(r));
  best = Math.min(best, now() - start);
}
const words = ['unlisted', 'blocked', 'excepted'];
const verdicts = requests.map((r) => {
  const result = engine.matchRequest(read(r));
  return [words[result], result === 0 ? '' : engine.toLogData().raw];
});
log(JSON.stringify({ build, bytes, rate: (requests.length / best) * 1e3, verdicts }));
