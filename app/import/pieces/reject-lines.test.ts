import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RejectLines, rejectsIn } from './reject-lines.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '\n', '\\x0a', '"', '\u{1f600}'.repeat(1000), 'x'.repeat(5000)),
);
const reject = fc.record({ line: fc.nat(), offset: fc.maxSafeNat(), reason: text, what: text, text });

it('gives back what was added since the last call, in its order', () => {
  fc.assert(
    fc.property(fc.array(fc.array(reject, { maxLength: 12 }), { maxLength: 3 }), (pieces) => {
      const lines = new RejectLines();
      for (const piece of pieces) {
        for (const one of piece) lines.add(one);
        expect([...rejectsIn(lines.take())]).toEqual(piece);
      }
    }),
  );
});
