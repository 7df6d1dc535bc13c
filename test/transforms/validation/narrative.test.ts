// Goal: the narrative check takes what XHTML of basic HTML is, and nothing that is not well-formed.
// Method: saxes, a whole XML parser, as the oracle over narratives put together at random from
// right and wrong parts; and one planted fault a sentence.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';

const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });

const open = '<div xmlns="http://www.w3.org/1999/xhtml">';

/** The sentence about the narrative; undefined where it may stand. */
function said(div: string): string | undefined {
  const { issues } = validator.validate({
    resourceType: 'Patient',
    text: { status: 'generated', div },
  });
  return issues.find(({ path }) => path === 'Patient.text.div')?.diagnostics;
}

function isWellFormed(text: string): boolean {
  const parser = new SaxesParser();
  let isWhole = true;
  parser.on('error', () => {
    isWhole = false;
  });
  parser.write(text.replace(/&[a-z]+;/gi, '-')).close();
  return isWhole;
}

const parts = [
  ...[
    '<p>',
    '</p>',
    '<b class="x">',
    '</b>',
    '<br/>',
    '<br />',
    'text',
    '&amp;',
    '&#12;',
    '&#xD800;',
    '&',
    ' ',
  ],
  ...['<td title=\'a"b\' id = "z">', '</td>', '<td\n colspan="2" style="">', '<p title="a<b">'],
  ...[
    '<p a>',
    '<p id="a" id="b">',
    '</p id="a">',
    '</b/>',
    '<1>',
    '</ p>',
    '<p',
    '>',
    '<!-- c -->',
  ],
  ...['<!--', '<a href="#x">', '</a>', '<p id="a"id2="b">', '<p id=a>', '<ul><li>', '</li></ul>'],
];

describe('the narrative', () => {
  it('is never taken where an XML parser refuses it', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 8 }), (inner) => {
        const div = `${open}${inner.join('')}</div>`;
        if (said(div) !== undefined) return;
        taken += 1;
        assert.ok(isWellFormed(div), div);
      }),
      { numRuns: 3_000 },
    );
    assert.ok(taken > 20);
  });

  it('is taken where its parts nest', () => {
    const word = fc.constantFrom('text', '&amp;', '&#x1F600;', ' a ', '<!-- c -->', '<br/>');
    const element = fc.constantFrom('p', 'b', 'table', 'td', 'h1', 'blockquote');
    const attribute = fc.constantFrom('', ' class="a>b"', " title = 'q\"r'", ' xml:lang="en"');
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        word,
        fc
          .tuple(element, attribute, fc.array(tie('node'), { maxLength: 3 }))
          .map(([name, more, inner]) => `<${name}${more}>${inner.join('')}</${name}>`),
      ),
    }));
    fc.assert(
      fc.property(node, (inner) => {
        const div = `${open}seen ${inner}</div>`;
        assert.ok(isWellFormed(div));
        assert.equal(said(div), undefined, div);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused in words, one a fault', () => {
    const cases: readonly [div: string, words: RegExp][] = [
      ['', /not blank|XHTML|Base64|text/],
      ['text', /does not begin with a `div`/],
      ['<p>text</p>', /does not begin with a `div`/],
      ['<div>text</div>', /not in the XHTML namespace/],
      [`${open}</div>`, /no content/],
      [`${open}<!-- text --> </div>`, /no content/],
      [`${open}text`, /not closed/],
      [`${open}text</div>more`, /behind its `div`/],
      [`${open}text</div><p>more</p>`, /behind its `div`/],
      [`${open}<b><i>text</b></i></div>`, /not nested/],
      [`${open}a & b</div>`, /entities of XML/],
      [`${open}a&#0;</div>`, /entities of XML/],
      [`${open}a&nbsp;b</div>`, /entities of XML/],
      [`${open}<!-- a -- b -->text</div>`, /comment in it does not end/],
      [`${open}<!-- text</div>`, /comment in it does not end/],
      [`${open}<script>1</script></div>`, /an element that a narrative must not hold/],
      [`${open}<p onclick="x">a</p></div>`, /an attribute that a narrative must not hold/],
      [`${open}<a href=" JavaScript:x">a</a></div>`, /a script/],
      [`${open}<p id="a" id="b">a</p></div>`, /not well-formed/],
    ];
    for (const [div, words] of cases) assert.match(said(div) ?? 'taken', words, div);
    assert.equal(said(`${open}<img src="a.png" alt=""/></div>`), undefined);
  });
});
