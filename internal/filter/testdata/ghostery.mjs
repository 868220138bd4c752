// Times npm @ghostery/adblocker on the lists and requests that it is given, and
// writes what it decides about each request.
// Use: node --expose-gc ghostery.mjs LISTS.json REQUESTS.json ROUNDS
import { readFileSync } from 'node:fs';
import { FiltersEngine, Request } from '@ghostery/adblocker';

const lists = JSON.parse(readFileSync(process.argv[2])).map((path) => readFileSync(path, 'utf8'));
const requests = JSON.parse(readFileSync(process.argv[3]));
const rounds = Number(process.argv[4]);

const now = () => Number(process.hrtime.bigint()) / 1e6;
const memory = () => {
  globalThis.gc();
  globalThis.gc();
  const m = process.memoryUsage();
  return m.heapUsed + m.external;
};

const before = memory();
let build = Infinity;
let engine;
for (let i = 0; i < 3; i++) {
  const start = now();
  engine = FiltersEngine.parse(lists.join('\n'), { debug: true, loadCosmeticFilters: false, guessRequestTypeFromUrl: false });
  build = Math.min(build, now() - start);
}
const bytes = memory() - before;

const read = (r) => Request.fromRawDetails({ url: r.url, sourceUrl: r.page, type: r.type });
let best = Infinity;
for (let i = 0; i < rounds; i++) {
  const start = now();
  for (const r of requests) engine.match(read(r));
  best = Math.min(best, now() - start);
}
const verdicts = requests.map((r) => {
  const { match, exception, filter } = engine.match(read(r));
  const rule = match ? filter : exception;
  return [match ? 'blocked' : exception ? 'excepted' : 'unlisted', rule === undefined ? '' : String(rule.rawLine ?? rule.toString())];
});
console.log(JSON.stringify({ build, bytes, rate: (requests.length / best) * 1e3, verdicts }));
