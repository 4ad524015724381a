import { describe, expect, it } from '@jest/globals';
import { matchesLabels, requirementProblem, type LabelSelector } from '../../../shared/label-selector.ts';

const labels = { app: 'db', tier: 'backend', empty: '', 'app.kubernetes.io/name': 'db' };
const expression = (key: string, operator: string, values?: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});

describe('a label selector', () => {
  it.each<[string, LabelSelector, boolean]>([
    ['nothing', {}, true],
    ['empty fields', { matchLabels: {}, matchExpressions: [] }, true],
    ['a label', { matchLabels: { app: 'db' } }, true],
    ['a label with a prefix', { matchLabels: { 'app.kubernetes.io/name': 'db' } }, true],
    ['two labels', { matchLabels: { app: 'db', tier: 'backend' } }, true],
    ['two labels, one of another value', { matchLabels: { app: 'db', tier: 'front' } }, false],
    ['a value in other letters', { matchLabels: { app: 'DB' } }, false],
    ['a label that is not there', { matchLabels: { role: 'db' } }, false],
    ['an empty value', { matchLabels: { empty: '' } }, true],
    ['an empty value of a label that is not there', { matchLabels: { role: '' } }, false],
    ['an empty value of a label that has one', { matchLabels: { app: '' } }, false],
    ['In', expression('app', 'In', ['web', 'db']), true],
    ['In without the value', expression('app', 'In', ['web']), false],
    ['In of a label that is not there', expression('role', 'In', ['db']), false],
    ['In with an empty value', expression('empty', 'In', ['']), true],
    ['In with an empty value of a label that is not there', expression('role', 'In', ['']), false],
    ['NotIn', expression('app', 'NotIn', ['web']), true],
    ['NotIn with the value', expression('app', 'NotIn', ['web', 'db']), false],
    ['NotIn of a label that is not there', expression('role', 'NotIn', ['db']), true],
    ['NotIn with an empty value', expression('empty', 'NotIn', ['']), false],
    ['Exists', expression('app', 'Exists'), true],
    ['Exists with no values', expression('empty', 'Exists', []), true],
    ['Exists of a label that is not there', expression('role', 'Exists'), false],
    ['DoesNotExist', expression('role', 'DoesNotExist', []), true],
    ['DoesNotExist of a label that is there', expression('empty', 'DoesNotExist'), false],
    ['both, and both fit', { matchLabels: { app: 'db' }, ...expression('tier', 'Exists') }, true],
    ['both, and one fits', { matchLabels: { app: 'db' }, ...expression('tier', 'DoesNotExist') }, false],
  ])('with %s', (_, selector, matches) => expect(matchesLabels(selector, labels)).toBe(matches));

  // What Object.prototype has is no label, and a label may be called so.
  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'knows the label %s only if it is there',
    (key) => {
      const own = JSON.parse(`{${JSON.stringify(key)}:"x"}`) as Record<string, string>;
      expect(matchesLabels({ matchLabels: own }, own)).toBe(true);
      expect(matchesLabels({ matchLabels: own }, {})).toBe(false);
      if (key === '__proto__') return;
      expect(matchesLabels(expression(key, 'Exists'), {})).toBe(false);
      expect(matchesLabels(expression(key, 'DoesNotExist'), {})).toBe(true);
      expect(matchesLabels(expression(key, 'NotIn', ['x']), {})).toBe(true);
    },
  );
});

describe('a requirement that Kubernetes refuses', () => {
  it.each<[string, string, string[] | undefined, string]>([
    ['app', 'Equals', ['db'], 'has the unknown operator "Equals"'],
    ['app', 'in', ['db'], 'has the unknown operator "in"'],
    ['app', '', ['db'], 'has the unknown operator ""'],
    ['app', 'constructor', ['db'], 'has the unknown operator "constructor"'],
    ['app', 'In', [], 'has no values, which In needs'],
    ['app', 'In', undefined, 'has no values, which In needs'],
    ['role', 'NotIn', [], 'has no values, which NotIn needs'],
    ['app', 'Exists', ['db'], 'has values, which Exists does not take'],
    ['role', 'DoesNotExist', ['db'], 'has values, which DoesNotExist does not take'],
    ['', 'DoesNotExist', undefined, 'has the key "", which no label has'],
    ['no hooks', 'DoesNotExist', undefined, 'has the key "no hooks", which no label has'],
    ['x'.repeat(64), 'DoesNotExist', undefined, 'has the key "xxxxxxxxxxxxxxxxx…", which no label has'],
    ['__proto__', 'DoesNotExist', undefined, 'has the key "__proto__", which no label has'],
    ['role', 'NotIn', ['d b'], 'has the value "d b", which no label has'],
    ['app', 'In', ['db', 'x'.repeat(64)], 'has the value "xxxxxxxxxxxxxxxxx…", which no label has'],
  ])('%j %s %j fits nothing and is told', (key, operator, values, says) => {
    const requirement = { key, operator, ...(values && { values }) };
    expect(requirementProblem(requirement)).toBe(says);
    expect(matchesLabels({ matchExpressions: [requirement] }, labels)).toBe(false);
    expect(matchesLabels({ matchExpressions: [requirement] }, {})).toBe(false);
  });

  it('says nothing of one that it takes', () => {
    expect(
      requirementProblem({ key: 'app.kubernetes.io/name', operator: 'NotIn', values: ['', 'a-B_c.d'] }),
    ).toBeNull();
    expect(requirementProblem({ key: 'App_1', operator: 'Exists' })).toBeNull();
  });
});
