import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { outputsFile } from './output-schemas.ts';
import { readOutputs } from './types-to-schemas.ts';

const outputs = readOutputs(join(import.meta.dirname, '..', 'app', 'contract.ts'));

it("what the API says of the contract's answers is what its types say (else: node tools/output-schemas.ts)", () => {
  expect(JSON.parse(readFileSync(outputsFile, 'utf8'))).toEqual(JSON.parse(JSON.stringify(outputs)));
});

it('tells times, durations and what may be absent', () => {
  const { RunSummary, CaseInfo, LiveRules, ConnectionOverview } = outputs.schemas;
  expect(CaseInfo['properties']).toMatchObject({
    created: { type: 'string', format: 'date-time' },
    first: { type: ['null', 'string'], format: 'date-time' },
    revision: { type: 'number' },
  });
  expect(RunSummary['properties']).toMatchObject({ window: { type: ['null', 'number'], 'x-unit': 'seconds' }, task: { const: 'cluster' } });
  expect(ConnectionOverview['properties']).toMatchObject({
    timeline: { properties: { step: { 'x-unit': 'seconds' }, bytesIn: { type: 'array', items: { type: 'number' } } } },
  });
  // these are seconds in the contract already
  expect(LiveRules['properties']).toMatchObject({ windows: { properties: { step: { type: 'number' } } } });
  expect(JSON.stringify(LiveRules)).not.toContain('x-unit');
});
