// CloudFront's function against the answers of one machine: `node --test infra/`. The same table is
// asked of ecoute's own server by tests/features/infra.rs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const here = (name) => new URL(name, import.meta.url);
const code = readFileSync(here('pages.js'), 'utf8');
const handler = vm.runInNewContext(`${code}; handler`);

// The event of a request as CloudFront makes it: parameters by name, each as it was sent.
function event(path) {
    const [uri, query = ''] = path.split('?');
    const querystring = {};
    for (const pair of query.split('&').filter((pair) => pair !== '')) {
        const [name, value = ''] = pair.split('=');
        const known = querystring[name];
        if (known === undefined) {
            querystring[name] = { value };
        } else {
            known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
        }
    }
    return { request: { method: 'GET', uri, querystring, headers: {}, cookies: {} } };
}

for (const { path, file, to } of JSON.parse(readFileSync(here('pages.json'), 'utf8'))) {
    test(`${path} → ${to ?? file}`, () => {
        const answer = handler(event(path));
        if (to === undefined) {
            assert.equal(answer.uri, file);
        } else {
            assert.equal(answer.statusCode, 307);
            assert.equal(answer.headers.location.value, to);
        }
    });
}

test('nothing leads to another site', () => {
    for (const path of ['//example.org', '/\\example.org', '/%5Cexample.org', '///example.org']) {
        assert.equal(handler(event(path)).statusCode, undefined, path);
    }
});
