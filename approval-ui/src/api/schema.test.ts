import { expect, test } from 'vitest';
import { committed, generate } from '../../scripts/types.mjs';

test('the types are those of the committed OpenAPI document (else: npm run types)', async () => {
  expect(await committed()).toBe(await generate());
});
