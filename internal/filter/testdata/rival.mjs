// Runs another engine on the lists and requests that it is given:
//
//	node --expose-gc rival.mjs ENGINE LISTS.json REQUESTS.json SUFFIXES
//
// It builds, writes {build, bytes} (ms of the fastest of three, heap), and then
// answers each line of its input with a line: "round" with the ms of deciding
// about all requests once, "verdicts" with what it decided and by which rule.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , name, listsFile, requestsFile, suffixes] = process.argv;
const read = (file) => readFileSync(file, 'utf8');
const texts = JSON.parse(read(listsFile)).map(read);
const requests = JSON.parse(read(requestsFile));
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
console.log = console.info = () => {}; // one of them tells its progress there

const engines = {
  async ghostery() {
    const { FiltersEngine, Request } = await import('@ghostery/adblocker');
    const decide = (e, r) => e.match(Request.fromRawDetails({ url: r.url, sourceUrl: r.page, type: r.type }));
    return {
      build: () => FiltersEngine.parse(texts.join('\n'), { debug: true, loadCosmeticFilters: false }),
      decide,
      verdict(e, r) {
        const { match, exception, filter } = decide(e, r);
        const rule = match ? filter : exception;
        return [match ? 'blocked' : exception ? 'excepted' : 'unlisted', rule === undefined ? '' : String(rule.rawLine ?? rule)];
      },
    };
  },
  async ubo() {
    const { StaticNetFilteringEngine, pslInit } = await import('@gorhill/ubo-core');
    const engine = await StaticNetFilteringEngine.create({ noPSL: true });
    if (!pslInit(read(suffixes))) throw new Error('no public suffixes');
    // What a browser extension calls these types.
    const names = { document: 'main_frame', xhr: 'xmlhttprequest', fetch: 'xmlhttprequest', texttrack: 'other', manifest: 'other' };
    const decide = (e, r) => e.matchRequest({ originURL: r.page, url: r.url, type: names[r.type] ?? r.type });
    return {
      async build() {
        await engine.useLists(texts.map((raw, i) => ({ name: String(i), raw })));
        return engine;
      },
      decide,
      verdict(e, r) {
        const result = decide(e, r);
        return [['unlisted', 'blocked', 'excepted'][result], result === 0 ? '' : e.toLogData().raw];
      },
    };
  },
};

const now = () => Number(process.hrtime.bigint()) / 1e6;
const heap = () => {
  globalThis.gc();
  globalThis.gc();
  const m = process.memoryUsage();
  return m.heapUsed + m.external;
};

const rival = await engines[name]();
const before = heap();
let engine;
let build = Infinity;
for (let i = 0; i < 3; i++) {
  const start = now();
  engine = await rival.build();
  build = Math.min(build, now() - start);
}
say({ build, bytes: heap() - before });

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'round') {
    const start = now();
    for (const r of requests) rival.decide(engine, r);
    say(now() - start);
  } else {
    say(requests.map((r) => rival.verdict(engine, r)));
  }
}
