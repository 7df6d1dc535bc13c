// Goal: answers are held against the Questionnaire that they name, where it is at hand: its items
// and their places, what is required (and asked at all), types, options, lengths, groups. Where it
// is not at hand, or cannot say, that is said.
// Method: a form of our own with every kind of item, a response that fits it, one change at a time,
// and exactly the expected sentence's code and expression; mutations of both for what throws.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mutate } from '../../../../bench/mutate.ts';
import { randomOf } from '../../../../bench/people/index.ts';
import { createDefinitions, createValidator } from '../../../../transforms/validation/index.ts';

type Json = Record<string, unknown>;

const url = 'https://plexus.example/fhir/Questionnaire/fall-risk';
const option = (code: string) => ({ valueCoding: { system: 'urn:x', code } });
const asks = (linkId: string, type: string, more: object = {}) => ({ linkId, type, ...more });
const when = (question: string, operator: string, answer: object, more: object = {}) => ({
  enableWhen: [{ question, operator, ...answer }],
  ...more,
});
const scripted =
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression';
const form = {
  resourceType: 'Questionnaire',
  url,
  version: '2.0.0',
  item: [
    asks('about', 'display'),
    asks('history', 'group', {
      required: true,
      item: [
        asks('fell', 'boolean', { required: true }),
        asks('times', 'integer', when('fell', '=', { answerBoolean: true }, { required: true })),
        asks('when', 'date', when('times', '>', { answerInteger: 1 }, { required: true })),
      ],
    }),
    asks('aid', 'choice', { repeats: true, answerOption: [option('cane'), option('walker')] }),
    asks('other', 'open-choice', { answerOption: [option('none')] }),
    asks('gender', 'choice', { answerValueSet: 'http://hl7.org/fhir/ValueSet/observation-status' }),
    asks('local', 'choice', { answerValueSet: '#own' }),
    asks('note', 'text', { maxLength: 5, item: [asks('by', 'string', { required: true })] }),
    asks('visit', 'group', { repeats: true, item: [asks('where', 'string')] }),
    asks('scripted', 'string', { required: true, extension: [{ url: scripted }] }),
  ],
};
const definitions = createDefinitions([
  { structures: [], valueSets: [], codeSystems: [], questionnaires: [form] },
]);
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

const says = (linkId: string, ...answer: object[]) => ({ linkId, answer });
const yes = { valueBoolean: true };
const history = (...item: object[]) => ({
  linkId: 'history',
  ...(item.length === 0 ? {} : { item }),
});
const fell = history(says('fell', yes), says('times', { valueInteger: 1 }));
const stayed = history(says('fell', { valueBoolean: false }));
const script = says('scripted', { valueString: 'x' });
const response = (item: object[], more: Json = {}) => ({
  resourceType: 'QuestionnaireResponse',
  questionnaire: `${url}|2.0.0`,
  status: 'completed',
  item: [...item, ...(more.bare === true ? [] : [script])],
  ...{ ...more, bare: undefined },
});

function said(resource: unknown): string[] {
  const { issues, unchecked } = validator.validate(JSON.parse(JSON.stringify(resource)));
  return [...issues, ...unchecked]
    .map(({ code, path }) => `${code} ${path?.replace('QuestionnaireResponse.', '')}`)
    .filter((one) => !one.includes(' contained'));
}

const fault = (path: string) => [`fhir-questionnaire ${path}`];
const open = (path: string) => [`unchecked ${path}`];

const cases: readonly [what: string, resource: object, expected: readonly string[]][] = [
  ['fits', response([fell]), []],
  ['fits where a condition is not met', response([stayed]), []],
  ['has an item that is not asked', response([fell, says('nobody', yes)]), fault('item[1].linkId')],
  ['has an item elsewhere', response([fell, says('fell', yes)]), fault('item[1].linkId')],
  ['lacks a group', response([]), fault('item')],
  ['lacks an answer', response([history()]), fault('item[0].item')],
  ['has an empty answer', response([history({ linkId: 'fell' })]), fault('item[0].item[0].answer')],
  ['lacks what a yes asks for', response([history(says('fell', yes))]), fault('item[0].item')],
  [
    'lacks what a number asks for',
    response([history(says('fell', yes), says('times', { valueInteger: 2 }))]),
    fault('item[0].item'),
  ],
  [
    'answers what a no does not ask for',
    response([history(says('fell', { valueBoolean: false }), says('times', { valueInteger: 1 }))]),
    fault('item[0].item[1].answer'),
  ],
  ['is being filled in', response([history()], { status: 'in-progress' }), []],
  [
    'has another type',
    response([history(says('fell', { valueString: 'yes' }))]),
    // What depends on it cannot be said.
    [...fault('item[0].item[0].answer[0].value'), ...open('item[0].item')],
  ],
  ['answers a group', response([fell, says('visit', yes)]), fault('item[1].answer')],
  ['answers a text', response([says('about', yes), fell]), fault('item[0].answer')],
  ['chooses twice', response([fell, says('aid', option('cane'), option('walker'))]), []],
  ['chooses another', response([fell, says('aid', option('x'))]), fault('item[1].answer[0].value')],
  [
    'writes where it must choose',
    response([fell, says('aid', { valueString: 'stick' })]),
    ['fhir-questionnaire item[1].answer[0].value'],
  ],
  ['writes where it may', response([fell, says('other', { valueString: 'stick' })]), []],
  [
    'answers twice',
    response([fell, says('other', option('none'), option('none'))]),
    fault('item[1].answer'),
  ],
  [
    'stands twice',
    response([fell, fell]),
    [
      'fhir-questionnaire item[1].linkId',
      // Which of the two answers counts nobody can say.
      'unchecked item[0].item',
      'unchecked item[1].item',
    ],
  ],
  ['repeats a group', response([fell, { linkId: 'visit' }, { linkId: 'visit' }]), []],
  [
    'is too long',
    response([fell, says('note', { valueString: 'longer' })]),
    ['fhir-questionnaire item[1].answer[0].value', 'fhir-questionnaire item[1].answer[0].item'],
  ],
  [
    'answers below an answer',
    response([
      fell,
      says('note', { valueString: 'long', item: [says('by', { valueString: 'ann' })] }),
    ]),
    [],
  ],
  [
    'has no code of a value set',
    response([
      fell,
      says('gender', {
        valueCoding: { system: 'http://hl7.org/fhir/observation-status', code: 'none' },
      }),
    ]),
    fault('item[1].answer[0].value'),
  ],
  [
    'has one',
    response([
      fell,
      says('gender', {
        valueCoding: { system: 'http://hl7.org/fhir/observation-status', code: 'final' },
      }),
    ]),
    [],
  ],
  [
    'chooses from a list of its own',
    response([fell, says('local', option('a'))]),
    ['unchecked item[1].answer[0].value'],
  ],
  ['lacks what an expression may ask for', response([fell], { bare: true }), open('item')],
  [
    'names a version nobody has',
    response([], { questionnaire: `${url}|1.0.0` }),
    open('questionnaire'),
  ],
  [
    'says why there is no answer',
    response([
      history(
        says('fell', {
          extension: [
            {
              url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
              valueCode: 'asked-declined',
            },
          ],
        }),
      ),
    ]),
    [],
  ],
];

describe('a QuestionnaireResponse', () => {
  for (const [what, resource, expected] of cases)
    it(`that ${what}: ${expected.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(said(resource).sort(), [...expected].sort()));

  it('is held against a Questionnaire that it contains', () => {
    const contained = [{ ...form, id: 'form', status: 'active' }];
    const one = { contained, questionnaire: '#form' };
    assert.deepEqual(said(response([fell], one)), []);
    assert.deepEqual(said(response([history()], one)), fault('item[0].item'));
  });

  it('is left unchecked against one with two items of one linkId', () => {
    const twice = [asks('a', 'string'), asks('a', 'string')];
    const contained = [
      { resourceType: 'Questionnaire', id: 'form', status: 'active', item: twice },
    ];
    const found = said(response([], { contained, questionnaire: '#form', item: [says('b', yes)] }));
    assert.ok(found.includes('unchecked questionnaire'), found.join());
  });

  it('throws for no faults in it or in its Questionnaire', () => {
    const whole = response([fell, says('note', { valueString: 'long' })], {
      contained: [{ ...form, id: 'form', status: 'active' }],
      questionnaire: '#form',
    });
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = randomOf(seed).next;
        for (let turn = 0; turn < 10; turn += 1) said(mutate(whole, random));
      }),
      { numRuns: 30 },
    );
  });
});
